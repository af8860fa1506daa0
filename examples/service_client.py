# Service client in Python, with its standard library alone: get-or-load, where of all processes one loads.
#   python3 examples/service_client.py
# Needs a service: `npx strata-cache serve` in another terminal; without one every run loads. Run it twice, or several at once.
import json
import os
import sys
import time
from contextlib import suppress
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

# Where the service wants a token: STRATA_TOKEN, with the scopes read and write.
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"} if (TOKEN := os.environ.get("STRATA_TOKEN")) else {}


def ask(method, url, headers=AUTHORIZATION, body=None):
    try:
        answer = urlopen(Request(url, body, headers, method=method), timeout=15)
    except HTTPError as refusal:  # an answer too
        answer = refusal
    with answer:
        return answer.status, answer.headers, answer.read()


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
    except Exception as error:
        print(f"no cache: {error}", file=sys.stderr)
    try:
        value = load()
    except BaseException:
        if token:  # others need not wait for us; of what cannot be told the service hears by the end of the lease
            with suppress(Exception):
                ask("DELETE", f"{url}?lease={quote(token)}")
        raise
    if token:  # 409: something was invalidated meanwhile, and the value is ours alone
        entry = {"Strata-Lease": token, "Content-Type": "application/json", "Cache-Control": f"max-age={ttl}"}
        with suppress(Exception):
            ask("PUT", url, {**AUTHORIZATION, **entry}, json.dumps(value).encode())
    return value


def popular():
    print("loading", flush=True)
    time.sleep(0.2)  # a slow query
    return {"posts": ["How we moved billing to queues", "Queues, revisited"]}


if __name__ == "__main__":  # the URL of a namespace and a key may be given
    print(json.dumps(get_or_load(*(sys.argv[1:] or ["http://127.0.0.1:7450/v1/shop", "popular"]), popular)))
