# A service on uvicorn with uvloop: the loop is uvloop, the callback the request's handler, and the line is the program's.
set -eu
. "$(dirname "$0")/record-helpers"
/usr/bin/python3 -c 'import uvicorn, uvloop' 2>/dev/null || exit 77
cd "$TMP"
cat >service.py <<'END'
import os, socket, time
import uvicorn

def save():
    time.sleep(0.15)

async def app(scope, receive, send):
    if scope["path"] == "/held":
        save()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})

listening = socket.create_server(("127.0.0.1", 0))
with open("new", "w") as file:
    print(listening.getsockname()[1], os.getpid(), file=file)
os.rename("new", "port")
uvicorn.Server(uvicorn.Config(app, loop="uvloop", lifespan="off", log_level="warning")).run(sockets=[listening])
END
ask() {
  for _ in $(seq 600); do [ -s port ] && break || sleep 0.1; done
  read -r port server <port
  for path in / /held / /held /; do curl -s --noproxy '*' -m 60 "http://127.0.0.1:$port$path" >>answers; done
  kill -TERM "$server"
}
ask &
asking=$!
record 0 --threshold 100ms -- /usr/bin/python3 service.py
wait $asking
[ "$(cat answers)" = donedonedonedonedone ] || fail "answers: $(cat answers)"
holds '.loops | length == 1 and .[0].library == "uvloop"'
holds '[.stalls[] | select(.api == "clock_nanosleep" and .duration_ms >= 149)] | length == 2 and
  all(.[]; .callback == "app" and .culprit.function == "save" and .culprit.line == 5)'
