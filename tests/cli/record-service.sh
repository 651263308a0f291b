# A recorder between a service manager and its service: descriptors are the program's, the manager hears of the program, and signals that
# mean something to it reach it.
set -eu
. "$(dirname "$0")/record-helpers"
cd "$TMP"
# shellcheck disable=SC2016 # of the inner shell
LISTEN_PID=1 sh -c 'LISTEN_PID=$$ LISTEN_FDS=1 WATCHDOG_PID=$$ exec "$0" record -q -o s.db -- sh -c "echo \$LISTEN_PID \$WATCHDOG_PID \$\$"' \
  "$BLOCKSCAN" >pids
awk '$1 != $3 || $2 != $3 { exit 1 }' pids || fail "LISTEN_PID, WATCHDOG_PID and the program's: $(cat pids)"
# Another process' variable stays as it is.
[ "$(LISTEN_PID=1 "$BLOCKSCAN" record -q -o s.db -- sh -c 'echo $LISTEN_PID')" = 1 ] || fail "another LISTEN_PID"

cat >notify.py <<'END'
import os, socket, subprocess, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("notify")
environment = {k: v for k, v in os.environ.items() if k != "SYSTEMD_EXEC_PID"}
program = subprocess.Popen([sys.argv[1], "record", "-q", "-o", "s.db", "--", "sh", "-c", "echo $$"],
                           stdout=subprocess.PIPE, env=dict(environment, NOTIFY_SOCKET=os.path.abspath("notify")))
number = program.communicate()[0].decode().strip()
server.settimeout(10)
assert server.recv(100).decode() == "MAINPID=" + number
END
python3 notify.py "$BLOCKSCAN" || fail "MAINPID"

cat >listen.sh <<'END'
trap 'echo HUP; got=x$got' HUP
trap 'echo USR1; got=x$got' USR1
trap 'echo USR2; got=x$got' USR2
trap 'echo WINCH; got=x$got' WINCH
trap 'echo TERM; exit 4' TERM
echo ready
while :; do sleep 0.05; done
END
"$BLOCKSCAN" record -q -o s.db -- sh listen.sh >heard &
recorder=$!
wait_for() {
  i=0
  until grep -q "$1" heard; do
    i=$((i + 1))
    [ $i -lt 100 ] || { kill -KILL $recorder; fail "the program did not hear $1: $(cat heard)"; }
    sleep 0.05
  done
}
wait_for ready
for signal in HUP HUP HUP USR1 USR2 WINCH; do
  kill -$signal $recorder
  wait_for $signal
  sleep 0.1
done
kill -TERM $recorder
code=0
wait $recorder || code=$?
[ $code = 4 ] || fail "the program's exit code: $code"
