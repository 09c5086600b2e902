#!/usr/bin/env bash
# usage: slurm_cluster.sh FOLDER PROCESSORS [HIDDEN]
# A real Slurm cluster of one node on loopback, with a controller, a munge and keys of its own in FOLDER, which is made.
# HIDDEN is a folder that the node does not see: in its mount namespace an empty file system lies over it. Prints "ready", runs until its standard input ends, and removes FOLDER. SLURM_CONF is FOLDER/slurm.conf then.
set -euo pipefail
folder=$1 processors=$2 hidden=${3:-} node=$(hostname -s)
export SLURM_CONF=$folder/slurm.conf PATH=/usr/sbin:$PATH
mkdir -p "$folder"/{log,state,spool,munge}
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf -- "$folder"' EXIT

# Two ports that nothing listens at just now.
read -r controller daemon < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(one.getsockname()[1] for one in sockets))')

# No cgroups and no accounting: neither is there in a container or a plain virtual machine.
cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$daemon
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
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
NodeName=$node NodeAddr=127.0.0.1 CPUs=$processors RealMemory=20000 State=UNKNOWN
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=main Nodes=$node Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=urgent Nodes=$node MaxTime=INFINITE State=UP PriorityTier=2 PreemptMode=OFF
END

(umask 277 && head -c 1024 /dev/urandom >"$folder/munge/key")
munged --foreground --force --socket="$folder/munge/socket" --key-file="$folder/munge/key" \
  --pid-file="$folder/munge/pid" --log-file="$folder/log/munged.log" \
  --seed-file="$folder/munge/seed" >"$folder/log/munged.out" 2>&1 &
until munge --socket="$folder/munge/socket" --no-input >"$folder/log/munge.out" 2>&1; do sleep 0.05; done
slurmctld -D -c >"$folder/log/slurmctld.out" 2>&1 &
if [ -n "$hidden" ]; then
  # shellcheck disable=SC2016
  unshare --mount --propagation private \
    sh -c 'mount -t tmpfs none "$1" && exec slurmd -D' sh "$hidden" >"$folder/log/slurmd.out" 2>&1 &
else
  slurmd -D >"$folder/log/slurmd.out" 2>&1 &
fi
until sinfo --noheader --format=%t 2>"$folder/log/sinfo.out" | grep -q idle; do sleep 0.1; done
echo ready
cat >/dev/null
