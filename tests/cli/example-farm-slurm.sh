# examples/farm on Slurm, one node: an array of jobs reads the units, a job links them; the report is that of a scan, byte for byte. A task
# that fails leaves no report.
set -eu
fail() { echo "FAILED: $*" >&2; exit 1; }
PATH=$PATH:/usr/sbin
command -v sbatch >/dev/null && command -v slurmctld >/dev/null && command -v slurmd >/dev/null || exit 77
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
cp -r "$BLOCKSCAN_SOURCE/examples/farm" "$TMP/farm"
mkdir "$TMP/slurm" "$TMP/spool"
user=$(id -un) host=$(hostname -s)
cat >"$TMP/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/none
CredType=cred/none
SlurmctldPort=$(port)
SlurmdPort=$(port)
StateSaveLocation=$TMP/slurm
SlurmdSpoolDir=$TMP/spool
SlurmctldPidFile=$TMP/slurmctld.pid
SlurmdPidFile=$TMP/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
MailProg=/bin/true
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES State=UP
END
export SLURM_CONF="$TMP/slurm.conf" BLOCKSCAN
slurmctld -D >"$TMP/slurmctld.log" 2>&1 &
controller=$!
slurmd -D -N "$host" >"$TMP/slurmd.log" 2>&1 &
node=$!
trap 'kill $controller $node 2>/dev/null; wait' EXIT
n=0
until sinfo -h -o %t 2>/dev/null | grep -qx 'idle\|mix\|alloc'; do
  n=$((n + 1))
  kill -0 $controller $node 2>/dev/null && [ $n -lt 300 ] || { tail -n 5 "$TMP"/slurm*.log >&2; fail "Slurm does not start"; }
  sleep 0.2
done
cd "$TMP/farm"
for f in app/main app/request lib/store lib/resolve; do
  jq -n --arg d "$PWD" --arg f "$f.c" '{directory: $d, file: $f, arguments: ["cc", "-I.", "-D_GNU_SOURCE", "-DSTORE_PATH=\"requests.log\"", "-c", $f]}'
done | jq -s . >compile_commands.json
"$BLOCKSCAN" scan -q --no-cache --root . --fail-on never --output json=scan.json --output text=scan.txt compile_commands.json
./slurm-scan compile_commands.json out 3 >log 2>&1 || { cat log >&2; fail "slurm-scan"; }
[ "$(find out/facts -name '*.bsf' | wc -l)" = 4 ] || fail "not a facts file for each unit"
cmp scan.json out/report.json || fail "another report than a scan's"
cmp scan.txt out/report.txt || fail "another text than a scan's"

BLOCKSCAN=/bin/false
code=0
./slurm-scan compile_commands.json failed 2 >log 2>&1 || code=$?
[ $code = 3 ] && [ ! -e failed/report.json ] || { cat log >&2; fail "a failed task: exit code $code"; }
