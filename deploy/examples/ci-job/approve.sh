#!/bin/sh
# Asks for one approval and waits for the answer: approve.sh < request.yaml
#
# The manifest on standard input is an ApprovalRequest, with a generateName so that each run asks anew. What happens is told on
# standard error; standard output is the name of the request.
#   0 approved   3 denied   4 nobody answered in time   5 failed, withdrawn or unreadable   1 it could not be asked
#   130 stopped by SIGINT or SIGTERM
# WAIT_SECONDS (3600) bounds the wait whatever the policy says. Whoever stops this script withdraws the question.
set -eu

request=''
withdraw() {
  # What it says must not depend on whether this works: the question ends by itself at its deadline.
  [ -z "$request" ] || kubectl delete "$request" --ignore-not-found --wait=false >&2 || true
}
trap 'withdraw; exit 130' INT TERM
request=$(kubectl create --filename=- --output=name) || exit 1
echo "asked: $request" >&2

deadline=$(($(date +%s) + ${WAIT_SECONDS:-3600}))
answer=''
while left=$((deadline - $(date +%s))) && [ "$left" -gt 0 ]; do
  # In the background, so that a signal is heard meanwhile. In slices, since it does not notice that the request is deleted; it ends
  # early when the API server is away: then it is tried again.
  kubectl wait "$request" --for=condition=Complete --timeout="$((left < 10 ? left : 10))s" >/dev/null 2>&1 &
  wait $! || sleep 1
  # Nothing but an answer that was read counts; a request that is gone has none.
  answer=$(kubectl get "$request" --ignore-not-found --output=jsonpath='{.kind}/{.status.outcome}') || continue
  [ "$answer" = ApprovalRequest/ ] || break
done

case $answer in
  ApprovalRequest/?*)
    kubectl get "$request" --output=jsonpath='{.status.conditions[?(@.type=="Complete")].message}{"\n"}' >&2 || true
    ;;
  '')
    echo "$request is gone, or could not be read" >&2
    withdraw
    ;;
  *)
    echo 'waited long enough' >&2
    withdraw
    ;;
esac
echo "$request"
case $answer in
  ApprovalRequest/Approved) exit 0 ;;
  ApprovalRequest/Denied) exit 3 ;;
  ApprovalRequest/Expired | ApprovalRequest/) exit 4 ;;
  *) exit 5 ;;
esac
