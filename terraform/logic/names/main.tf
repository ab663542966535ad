locals {
  # eu-central-1 -> euc1, ap-southeast-2 -> apse2, europe-west3 -> europew3: short, and no two regions alike.
  directions = {
    northeast = "ne", northwest = "nw", southeast = "se", southwest = "sw",
    north     = "n", south = "s", east = "e", west = "w", central = "c"
  }
  words = [for word in split("-", replace(var.region, "/([a-z])([0-9])/", "$1-$2")) : lookup(local.directions, word, word)]

  region_code = join("", local.words)
  prefix      = "${var.project}-${var.environment}-${local.region_code}"

  full = { for component, limit in var.components : component => "${local.prefix}-${component}" }

  # A name that is cut keeps a digest of the whole, so that two long ones stay two.
  names = {
    for component, limit in var.components : component => (
      length(local.full[component]) <= limit
      ? local.full[component]
      : "${trimsuffix(substr(local.full[component], 0, limit - 7), "-")}-${substr(sha256(local.full[component]), 0, 6)}"
    )
  }
}
