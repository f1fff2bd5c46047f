#!/bin/sh
# Asks for one approval and waits for the answer: approve.sh < request.yaml
#
# Standard input is the manifest of one ApprovalRequest, with a generateName so that each run is a new request. Progress is on standard
# error; standard output is the name of the request.
#   0 approved    1 denied    2 expired    3 failed    4 nobody could be asked    5 withdrawn, or replaced by another request
#   64 wrong input    124 no answer within WAIT_SECONDS    130 stopped by SIGINT or SIGTERM
# WAIT_SECONDS (3600) bounds the wait whatever the policy says. A script that gives up or is stopped withdraws its request.
# INBOX_URL, such as https://approve.company.com: where people answer; the script then prints the address of the request.
set -eu
[ $# -eq 0 ] || { echo 'usage: approve.sh < request.yaml' >&2; exit 64; }

# A name is not enough: whoever may delete the request can create another one of that name, and have that one approved. The uid that
# `create` returns is the request; each read prints uid and outcome together, and a read of another uid is no answer.
created='' namespace='' name='' uid=''
identify() {
  # shellcheck disable=SC2086 # words: namespace, name, uid
  set -- $created
  namespace=${1-} name=${2-} uid=${3-}
}
withdraw() {
  identify
  [ -n "$uid" ] || return 0
  # By uid, so that another request of that name stays. Where it does not work, the request ends at its deadline.
  printf '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"%s"}}' "$uid" |
    kubectl delete --request-timeout=10s --filename=- \
      --raw="/apis/countersign.dev/v1alpha1/namespaces/$namespace/approvalrequests/$name" >/dev/null 2>&1 &&
    echo "withdrawn: approvalrequest.countersign.dev/$name" >&2 || true
}
end() {
  echo "approvalrequest.countersign.dev/$name"
  exit "$1"
}
trap 'withdraw; exit 130' INT TERM

created=$(kubectl create --filename=- --output=jsonpath='{.metadata.namespace} {.metadata.name} {.metadata.uid} {.kind}{"\n"}') ||
  { echo 'nobody was asked: the request could not be created' >&2; exit 4; }
identify
if [ "$(printf '%s\n' "$created" | wc -l)" -ne 1 ] || [ "${created##* }" != ApprovalRequest ]; then
  echo "the manifest is not one ApprovalRequest. Created, and left as it is: $created" >&2
  exit 64
fi
echo "requested: approvalrequest.countersign.dev/$name" >&2
[ -z "${INBOX_URL-}" ] || echo "to answer: ${INBOX_URL%/}/requests/$namespace/$name" >&2

# The message is last, so that no text can stand in the place of a field.
fields='{.metadata.uid}{"\n"}{.status.outcome}{"\n"}{.status.prompts[*].sentAt}{"\n"}{.status.code}{"\n"}'
fields=$fields'{range .status.conditions[?(@.type=="Complete")]}{.reason}: {.message}{"\n"}{end}'
deadline=$(($(date +%s) + ${WAIT_SECONDS:-3600}))
found='' outcome='' sent='' code='' condition='' shown='' shownCode=''
while :; do
  if answer=$(kubectl get approvalrequests.countersign.dev "$name" --namespace="$namespace" --ignore-not-found \
    --request-timeout=10s --output=jsonpath="$fields" 2>/dev/null); then
    { read -r found; read -r outcome; read -r sent; read -r code; read -r condition; } <<ANSWER || true
$answer
ANSWER
    if [ "$found" != "$uid" ]; then
      echo "withdrawn by somebody else: approvalrequest.countersign.dev/$name is gone${found:+, and another request has its name}" >&2
      end 5
    fi
  else
    condition='the API server does not answer; the script tries again'
  fi
  [ "$condition" = "$shown" ] || echo "$condition" >&2
  # Once somebody was asked: only then does anybody see it.
  [ -z "$sent" ] || [ "$code" = "$shownCode" ] || { echo "code: $code" >&2; shownCode=$code; }
  shown=$condition
  [ -z "$outcome" ] || break
  if [ "$(date +%s)" -ge "$deadline" ]; then
    withdraw
    [ -n "$sent" ] || { echo "nobody was asked within ${WAIT_SECONDS:-3600} seconds" >&2; end 4; }
    echo "no answer within ${WAIT_SECONDS:-3600} seconds" >&2
    end 124
  fi
  # In the background, so that a signal is handled meanwhile.
  sleep 1 &
  wait $! || true
done

case $outcome in
  Approved) end 0 ;;
  Denied) end 1 ;;
  Expired) [ -n "$sent" ] || { echo 'nobody was asked' >&2; end 4; }; end 2 ;;
  Withdrawn) end 5 ;;
  *) end 3 ;;
esac
