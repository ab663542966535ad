/// How callers and services prove who they are: API keys, passports, signing keys.
/// Does not own keys' records (tenant-service) nor what a route demands beyond a scope.
@NullMarked
package io.weir.security;

import org.jspecify.annotations.NullMarked;
