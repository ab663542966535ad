"""Uses the official SDK as a customer would; prints one JSON line per finding."""

import json
import os
import urllib.request

import openai
from pydantic import BaseModel

URL = os.environ["WEIR_URL"] + "/v1"
KEY = os.environ["WEIR_KEY"]
client = openai.OpenAI(base_url=URL, api_key=KEY, max_retries=0)
MESSAGES = [{"role": "user", "content": "Count from one to ten."}]


def found(name, value):
    print(json.dumps({"name": name, "value": value}))


def behaviour(method, body=None):
    request = urllib.request.Request(
        os.environ["WEIR_SIMULATOR"] + "/_behaviour",
        method=method,
        data=body and json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


for model in ("gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"):
    plain = client.chat.completions.create(model=model, messages=MESSAGES)
    found("plain." + model, {
        "text": plain.choices[0].message.content,
        "finish": plain.choices[0].finish_reason,
        "prompt": plain.usage.prompt_tokens,
        "completion": plain.usage.completion_tokens,
    })
    pieces, finish, usage = [], None, None
    for chunk in client.chat.completions.create(
        model=model, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    ):
        if chunk.choices:
            pieces.append(chunk.choices[0].delta.content or "")
            finish = chunk.choices[0].finish_reason or finish
        usage = chunk.usage or usage
    found("stream." + model, {
        "text": "".join(pieces),
        "pieces": len(pieces),
        "finish": finish,
        "prompt": usage.prompt_tokens,
        "completion": usage.completion_tokens,
    })

answer = client.responses.create(model="gpt-4o-mini", input=MESSAGES)
with client.responses.stream(model="gpt-4o-mini", input=MESSAGES) as stream:
    found("responses", {"text": answer.output_text, "streamed": stream.get_final_response().output_text})

tools = [{
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}]
called = client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, tools=tools, tool_choice="required")
call = called.choices[0].message.tool_calls[0]
answered = client.chat.completions.create(
    model="gpt-4o-mini",
    tools=tools,
    messages=MESSAGES + [
        called.choices[0].message,
        {"role": "tool", "tool_call_id": call.id, "content": "Rain."},
    ],
)
found("tools", {
    "name": call.function.name,
    "city": json.loads(call.function.arguments)["city"],
    "answer": answered.choices[0].message.content,
})


class Town(BaseModel):
    name: str
    people: int


town = client.chat.completions.parse(
    model="gpt-4o-mini", messages=[{"role": "user", "content": "Delft."}], response_format=Town
)
found("structured", town.choices[0].message.parsed.model_dump())


def failure(name, kind, attempt, **further):
    try:
        attempt()
        found(name, "no error")
    except openai.APIStatusError as error:
        found(name, {
            "mapped": isinstance(error, kind) and bool(error.request_id),
            "status": error.status_code,
            "code": error.code,
            **{key: value() for key, value in further.items()},
        })


stranger = openai.OpenAI(base_url=URL, api_key="sk-not-ours", max_retries=0)
failure("unauthorized", openai.AuthenticationError, lambda: stranger.models.list())
failure("unknownModel", openai.NotFoundError,
        lambda: client.chat.completions.create(model="gpt-4o-minni", messages=MESSAGES))
failure("badRequest", openai.BadRequestError,
        lambda: client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, max_completion_tokens=-1))

# With the SDK's own retries: what cannot succeed is asked once.
asked = []
poor = openai.OpenAI(
    base_url=URL,
    api_key=os.environ["WEIR_POOR_KEY"],
    http_client=openai.DefaultHttpxClient(event_hooks={"request": [asked.append]}),
)
failure("budgetSpent", openai.RateLimitError,
        lambda: poor.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES), asked=lambda: len(asked))

limited = openai.OpenAI(base_url=os.environ["WEIR_LIMITED_URL"] + "/v1", api_key=KEY)
retried = limited.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)
found("retried", retried.choices[0].message.content)

embedded = client.embeddings.create(
    model="text-embedding-3-small", input=["The river is wide.", "The gate is open."], dimensions=256
)
found("embeddings", {
    "sizes": [len(one.embedding) for one in embedded.data],
    "apart": embedded.data[0].embedding[0] != embedded.data[1].embedding[0],
    "tokens": embedded.usage.prompt_tokens,
})
found("models", [model.id for model in client.models.list()])

behaviour("PUT", {"provider": "openai", "chunkDelayMs": 30, "outputTokens": 500})
try:
    seen = 0
    with client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True) as stream:
        for chunk in stream:
            seen += 1 if chunk.choices and chunk.choices[0].delta.content else 0
            if seen == 3:
                break
    found("cancelled", {"pieces": seen, "left": stream.response.is_closed})
finally:
    behaviour("DELETE")
