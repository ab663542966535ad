// Makes src/test/resources/schemas/<provider>.json: what `terraform providers schema -json` says of the resources that the modules
// use, where the providers themselves cannot be had. It is read out of the generated bindings of CDK for Terraform, which are on
// npm: node extract.mjs <provider> <directory of the unpacked package> <type> [<type> ...] > <provider>.json
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const [provider, directory, ...types] = process.argv.slice(2);
const kebab = name => name.replaceAll('_', '-');

// Types of attributes that are only read, by their getter.
const read = {
  getStringAttribute: 'string', getNumberAttribute: 'number', getBooleanAttribute: 'bool',
  getListAttribute: ['list', 'string'], getNumberListAttribute: ['list', 'number'],
};

function classesOf(text) {
  const classes = new Map();
  const starts = [...text.matchAll(/^class (\w+) extends cdktf\.(\w+) \{$/gm)];
  starts.forEach((start, index) => {
    const end = index + 1 < starts.length ? starts[index + 1].index : text.length;
    classes.set(start[1], {kind: start[2], body: text.slice(start.index, end)});
  });
  return classes;
}

// What is written to HCL: the mapper that each attribute passes, whether it is a block, and a list, a set or one alone.
function written(source, name) {
  const struct = name.replace(/OutputReference$/, '');
  const at = name.endsWith('OutputReference')
    ? source.text.search(new RegExp(`^function ${struct[0].toLowerCase()}${struct.slice(1)}ToHclTerraform\\(`, 'm'))
    : source.text.indexOf('synthesizeHclAttributes() {', source.text.indexOf(`class ${name} extends`));
  const result = new Map();
  if (at < 0) return result;
  const end = source.text.indexOf('\n    };', at) > 0 ? source.text.slice(at).search(/\n {4,8}\};/) + at : source.text.length;
  for (const match of source.text.slice(at, end).matchAll(/^\s+(\w+): \{\s+value: (.*),\s+isBlock: (\w+),\s+type: "(\w+)",/gm)) {
    const member = match[2].match(/(?:this\._|struct\.)(\w+)/)[1];
    result.set(match[1], {mapper: match[2], block: match[3] === 'true', nested: match[2].endsWith('.internalValue)') || match[3] === 'true', attribute: /Hcl\(\w+, false\)/.test(match[2]), type: match[4], member});
  }
  return result;
}

function required(source, name, member) {
  const owner = name.endsWith('OutputReference') ? name.replace(/OutputReference$/, '') : name + 'Config';
  const start = source.types.search(new RegExp(`^export interface ${owner}\\b`, 'm'));
  const end = source.types.indexOf('\n}', start);
  return new RegExp(`readonly ${member}: `).test(source.types.slice(start, end));
}

function typeOf({mapper, type}) {
  const element = /number\w*ToHcl/.test(mapper) ? 'number' : /boolean\w*ToHcl/.test(mapper) ? 'bool' : 'string';
  return type === 'simple' ? element : type === 'any' ? 'dynamic' : [type, element];
}

function block(source, name, seen) {
  const {body} = source.classes.get(name);
  const result = {attributes: {}, block_types: {}};
  const members = new Map([...body.matchAll(/this\._?\w+ = new (\w+)\(this, "(\w+)"(?:, (\w+))?/g)].map(match => [match[2], {complex: match[1], set: match[3] === 'true'}]));
  const all = written(source, name);
  const nestedOf = complex => {
    const kind = source.classes.get(complex)?.kind;
    const list = kind === 'ComplexList' || kind === 'ComplexMap';
    const element = list ? complex.replace(/(List|Map)$/, 'OutputReference') : complex;
    return source.classes.has(element) && !seen.includes(element) ? {list, kind, inner: block(source, element, [...seen, element])} : null;
  };
  for (const [attribute, entry] of all) {
    const flags = required(source, name, entry.member) ? {required: true} : {optional: true};
    const complex = entry.block && members.get(attribute)?.complex;
    const nested = complex ? nestedOf(complex) : null;
    if (!nested) {
      result.attributes[attribute] = {type: entry.block ? 'dynamic' : typeOf(entry), ...flags, ...(attribute.endsWith('_wo') ? {write_only: true} : {})};
    } else if (entry.attribute) {
      result.attributes[attribute] = {type: [entry.type, objectOf(nested.inner)], ...flags};
    } else {
      const nesting = {nesting_mode: entry.type === 'struct' ? 'single' : entry.type, block: nested.inner};
      if (flags.required) nesting.min_items = 1;
      if (!nested.list && entry.type !== 'struct') nesting.max_items = 1;
      result.block_types[attribute] = nesting;
    }
  }
  // Attributes that are only read say so in a comment.
  for (const match of body.matchAll(/^ {4,8}\/\/ (\w+) - computed: true, optional: (\w+), required: \w+\s*$([\s\S]*?)(?=^ {4,8}\/\/ |^ {4}\}$)/gm)) {
    const [, attribute, optional, code] = match;
    if (all.has(attribute)) {
      if (result.attributes[attribute]?.optional) result.attributes[attribute].computed = true;
      continue;
    }
    const member = members.get(attribute);
    const nested = member ? nestedOf(member.complex) : null;
    let type = nested ? (nested.list ? [member.set ? 'set' : 'list', objectOf(nested.inner)] : objectOf(nested.inner))
      : member ? ['map', 'string'] : read[code.match(/this\.(get\w+)\(/)?.[1]] ?? 'dynamic';
    if (!nested && code.includes('Fn.tolist')) type = ['set', type[1]];
    result.attributes[attribute] = {type, computed: true, ...(optional === 'true' ? {optional: true} : {})};
  }
  // Those two are filled in where they are left out; the bindings do not say of which that is so.
  for (const name of ['id', 'region']) if (result.attributes[name]?.optional) result.attributes[name].computed = true;
  return result;
}

function objectOf(inner) {
  return ['object', Object.fromEntries([
    ...Object.entries(inner.attributes).map(([key, value]) => [key, value.type]),
    ...Object.entries(inner.block_types).map(([key, value]) => [key, [value.nesting_mode === 'set' ? 'set' : 'list', objectOf(value.block)]]),
  ])];
}

function schema(type, data) {
  const folder = (data ? 'data-' + provider + '-' : '') + kebab(type === provider ? 'provider' : type.slice(provider.length + 1));
  const alternatives = [folder, folder + '-resource'];
  const found = alternatives.find(name => existsSync(join(directory, 'lib', name, 'index.js')));
  if (!found) throw new Error(`${type}: no such ${data ? 'data source' : 'resource'} in ${directory}`);
  const files = extension => [`index.${extension}`, `index-structs/index.${extension}`].map(name => join(directory, 'lib', found, name))
    .filter(existsSync).map(name => readFileSync(name, 'utf8')).join('\n');
  const source = {text: files('js'), types: files('d.ts')};
  source.classes = classesOf(source.text);
  const [name] = [...source.classes].find(([, value]) => /^Terraform(Resource|DataSource|Provider)$/.test(value.kind));
  return {version: 0, block: block(source, name, [])};
}

const readme = readFileSync(join(directory, 'README.md'), 'utf8');
const version = readme.match(/provider version ([0-9.]+)/)[1];
const own = {provider: {version: 0, block: {attributes: {}, block_types: {}}}, resource_schemas: {}, data_source_schemas: {}};
own.provider = schema(provider, false);
// Terraform's own, not the provider's.
delete own.provider.block.attributes.alias;
for (const type of types) {
  if (type.startsWith('data.')) own.data_source_schemas[type.slice(5)] = schema(type.slice(5), true);
  else own.resource_schemas[type] = schema(type, false);
}
// A line for each type: what a new version changes is seen.
const lines = types => Object.entries(types).map(([type, value]) => `  ${JSON.stringify(type)}: ${JSON.stringify(value)}`).join(',\n');
process.stdout.write(`{"format_version": "1.0", "provider_version": "${version}", "provider_schemas": {"registry.terraform.io/hashicorp/${provider}": {
 "provider": ${JSON.stringify(own.provider)},
 "resource_schemas": {
${lines(own.resource_schemas)}
 },
 "data_source_schemas": {
${lines(own.data_source_schemas)}
 }
}}}
`);
