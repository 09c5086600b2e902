#!/usr/bin/env bash
# usage: slurm_cluster.sh FOLDER PROCESSORS [HIDDEN [NODES [DISK]]]
# A real Slurm cluster on loopback, with a controller, a munge and keys of its own in FOLDER, which is made. Its node has the name of this
# machine; of several (NODES) each has a number behind that.
# HIDDEN is a folder that the nodes do not see: in the mount namespace of each an empty file system lies over it. DISK is the size of a disk of
# its own that each node has at FOLDER/disk then, such as 48m. Prints "ready", runs until its standard input ends, and removes FOLDER with all
# that is there. One that is not up after 50 seconds ends with 1 and prints its logs.
# SLURM_CONF is FOLDER/slurm.conf then.
set -euo pipefail
folder=$1 processors=$2 hidden=${3:-} count=${4:-1} disk=${5:-} host=$(hostname -s)
names=("$host")
if [ "$count" -gt 1 ]; then mapfile -t names < <(seq -f "$host-%g" "$count"); fi
all=$(IFS=,; echo "${names[*]}")
export SLURM_CONF=$folder/slurm.conf PATH=/usr/sbin:$PATH
mkdir -p "$folder"/{log,state,spool,munge,disk}
if [ -n "$hidden" ]; then mkdir -p "$hidden"; fi

finish() {
  local daemons
  mapfile -t daemons < <(jobs -p)
  kill "${daemons[@]}" 2>/dev/null || true
  for _ in {1..100}; do
    [ -n "$(jobs -pr)" ] || break
    sleep 0.1
  done
  kill -KILL "${daemons[@]}" 2>/dev/null || true
  wait
  rm -rf -- "$folder"
}
trap finish EXIT

# await WHAT COMMAND...: until the command succeeds, and no longer than somebody holds the standard input.
await() {
  local what=$1 ended
  shift
  until "$@"; do
    if [ "$SECONDS" -ge 50 ]; then
      tail -n 20 "$folder"/log/* >&2
      echo "Slurm is not up after $SECONDS s: $what" >&2
      exit 1
    fi
    # 1 is the end of the input; a time that is over is more.
    ended=0
    read -r -t 0.1 _ || ended=$?
    if [ "$ended" = 1 ]; then exit 1; fi
  done
}
munge_answers() { munge --socket="$folder/munge/socket" --no-input >"$folder/log/munge.out" 2>&1; }
nodes_are_idle() {
  [ "$(sinfo --noheader --Node --partition=main --format=%t 2>"$folder/log/sinfo.out" | grep -c idle)" = "$count" ]
}

# Ports that nothing listens at just now: of the controller and of each node.
read -r -a ports < <(python3 -c '
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(1 + int(sys.argv[1]))]
print(*(one.getsockname()[1] for one in sockets))' "$count")

# No cgroups and no accounting: neither is there in a container or a plain virtual machine.
cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/%n.pid
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MaxJobCount=20000
MaxArraySize=10001
KillWait=2
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=1000
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
$(for number in "${!names[@]}"; do
  echo "NodeName=${names[$number]} NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[$((number + 1))]} CPUs=$processors RealMemory=20000 State=UNKNOWN"
done)
PartitionName=main Nodes=$all Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=urgent Nodes=$all MaxTime=INFINITE State=UP PriorityTier=2 PreemptMode=OFF
END

(umask 277 && head -c 1024 /dev/urandom >"$folder/munge/key")
munged --foreground --force --socket="$folder/munge/socket" --key-file="$folder/munge/key" \
  --pid-file="$folder/munge/pid" --log-file="$folder/log/munged.log" \
  --seed-file="$folder/munge/seed" >"$folder/log/munged.out" 2>&1 &
await "munge does not answer" munge_answers
slurmctld -D -c >"$folder/log/slurmctld.out" 2>&1 &
for name in "${names[@]}"; do
  if [ -n "$hidden" ]; then
    # shellcheck disable=SC2016
    unshare --mount --propagation private sh -c '
      mount -t tmpfs none "$1" && { [ -z "$4" ] || mount -t tmpfs -o "size=$4" none "$3"; } && exec slurmd -D -N "$2"
    ' sh "$hidden" "$name" "$folder/disk" "$disk" >>"$folder/log/slurmd.out" 2>&1 &
  else
    slurmd -D -N "$name" >>"$folder/log/slurmd.out" 2>&1 &
  fi
done
await "not all nodes are idle" nodes_are_idle
echo ready
cat >/dev/null
