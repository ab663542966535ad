# Nothing is deployed from here: it is where the modules' tests in tests/ run. Begin with environments/.
terraform {
  required_version = ">= 1.11.0, < 2.0.0"
}
