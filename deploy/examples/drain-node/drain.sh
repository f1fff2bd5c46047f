#!/bin/sh
# Drains a node only after a person approved it: drain.sh <node>
# It needs approve.sh of the CI job's example, in its own folder or in ../ci-job; if nobody approves, it ends with that script's code.
# It ends with 4 if the node cannot be read before anybody is asked, and with 3 if it was approved and is not drained.
set -eu
[ $# -eq 1 ] || { echo 'usage: drain.sh <node>' >&2; exit 64; }
node=$1
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
approve=$here/approve.sh
[ -f "$approve" ] || approve=$here/../ci-job/approve.sh

# The node as it is now: the approval does not count for another node that gets its name meanwhile.
node_field() {
  kubectl get node "$node" --output=jsonpath="{$1}"
}
uid=$(node_field .metadata.uid) || {
  echo "nobody was asked: node $node cannot be read" >&2
  exit 4
}
# A Pod's first process alone gets the signal, and has to pass it on to the script that withdraws the request.
asking='' stopped='' code=0
stop() {
  stopped=yes
  [ -z "$asking" ] || kill "$asking" 2>/dev/null || true
}
trap stop INT TERM
WAIT_SECONDS=10800 sh "$approve" <<MANIFEST &
apiVersion: countersign.dev/v1alpha1
kind: ApprovalRequest
metadata: { generateName: drain- }
spec:
  action: drain-node
  target: { apiVersion: v1, kind: Node, name: $node, revision: $uid }
  environment: prod
  summary: Drain $node
MANIFEST
asking=$!
[ -z "$stopped" ] || stop
wait "$asking" || code=$?
# A signal ends the wait before the script has ended.
while kill -0 "$asking" 2>/dev/null; do
  code=0
  wait "$asking" || code=$?
done
[ -z "$stopped" ] || exit 130
trap - INT TERM
[ "$code" -eq 0 ] || exit "$code"

now=$(node_field .metadata.uid) || {
  echo "approved, but node $node cannot be read: it is not drained" >&2
  exit 3
}
[ "$now" = "$uid" ] || {
  echo "approved, but $node is another node now: it is not drained" >&2
  exit 3
}
drain() {
  kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --timeout=15m || return
  # kubectl goes on where it could not cordon the node.
  [ "$(node_field .spec.unschedulable)" = true ]
}
# kubectl fails with 1, which is a denial here.
drain || {
  echo "approved, but node $node is not drained" >&2
  exit 3
}
