# Of a /16:
#     0 to 127   private: a /19 for each zone, for nodes and pods
#   128 to 143   data: a /22 for each zone, for databases, brokers and caches
#   144 to 147   public: a /24 for each zone, for load balancers and NAT gateways
#   192 to 255   left free, for a fifth kind or a fifth zone
locals {
  private = { for place, zone in var.zones : zone => cidrsubnet(var.cidr, 3, place) }
  data    = { for place, zone in var.zones : zone => cidrsubnet(var.cidr, 6, 32 + place) }
  public  = { for place, zone in var.zones : zone => cidrsubnet(var.cidr, 8, 144 + place) }

  prefix = tonumber(split("/", var.cidr)[1])
}
