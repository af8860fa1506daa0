vcl 4.1;

backend default {
  .host = "127.0.0.1";
  .port = "@ORIGIN@";
}

sub vcl_recv {
  # By default Varnish keeps out of whatever has a cookie. The posts do not depend on it, as in the other servers.
  unset req.http.Cookie;
}

sub vcl_backend_response {
  # What is said to the client, no-cache, does not bind this cache, as it does not bind the others.
  set beresp.ttl = 1h;
  return (deliver);
}
