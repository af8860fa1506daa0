# A cache service (`strata serve`) from Python, with its standard library alone: get-or-load, where of all processes one loads.
#   python3 examples/service_client.py http://127.0.0.1:7450/v1/shop popular
# Where the service wants a token: STRATA_TOKEN, with the scopes read and write.
import json
import os
import sys
import time
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen


def ask(method, url, headers=None, body=None, timeout=15):
    """Status, headers and body, whatever the status; OSError when there is no answer."""
    headers = dict(headers or {})
    if os.environ.get("STRATA_TOKEN"):
        headers["Authorization"] = f"Bearer {os.environ['STRATA_TOKEN']}"
    request = Request(url, body, headers, method=method)
    try:
        with urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read()


def get_or_load(namespace_url, key, load, ttl=300, lease="5s", wait="10s"):
    """What is stored, or what load() returns. The cache never makes things worse: without it load() runs."""
    url = f"{namespace_url}/{quote(key, safe='')}"
    token = None
    try:
        status, headers, body = ask("GET", f"{url}?lease={lease}&wait={wait}")
        if status == 200:
            return json.loads(body)
        if status in (401, 403):  # every call would load, and nobody would know why
            print(f"the cache refuses: {body.decode(errors='replace')}", file=sys.stderr)
        token = (headers.get("Strata-Lease") or "").split(";")[0] or None
    except (URLError, OSError):
        pass  # no service
    try:
        value = load()
    except BaseException:
        if token:  # others need not wait for us
            tell("DELETE", f"{url}?lease={quote(token)}")
        raise
    if token:  # 409: something was invalidated meanwhile, and the value is ours alone
        headers = {"Strata-Lease": token, "Content-Type": "application/json"}
        headers["Cache-Control"] = f"max-age={ttl}"
        tell("PUT", url, headers, json.dumps(value).encode())
    return value


def tell(*request):
    """Of what could not be told, the service hears by the end of the lease."""
    try:
        ask(*request)
    except (URLError, OSError):
        pass


def popular():
    print("loading", flush=True)
    time.sleep(0.2)  # a slow query
    return {"posts": ["How we moved billing to queues", "Queues, revisited"]}


if __name__ == "__main__":
    print(json.dumps(get_or_load(sys.argv[1], sys.argv[2], popular)))
