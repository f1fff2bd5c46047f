#!/bin/sh
# Asks a person whether a node may be drained, and drains it only after a yes: drain.sh <node>
set -eu
node=$1

# The node that is looked at now: another one that gets its name meanwhile is not meant.
uid=$(kubectl get node "$node" --output=jsonpath='{.metadata.uid}')
request=$(kubectl create --output=name --filename=- <<MANIFEST
apiVersion: countersign.dev/v1alpha1
kind: ApprovalRequest
metadata: { generateName: drain- }
spec:
  action: drain-node
  target: { apiVersion: v1, kind: Node, name: $node, revision: $uid }
  environment: prod
  summary: Drain $node
MANIFEST
)

kubectl wait "$request" --for=condition=Complete --timeout=3h
kubectl get "$request" --output=jsonpath='{.status.conditions[?(@.type=="Complete")].message}{"\n"}'
test "$(kubectl get "$request" --output=jsonpath='{.status.outcome}')" = Approved
test "$(kubectl get node "$node" --output=jsonpath='{.metadata.uid}')" = "$uid"
kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --timeout=15m
