#!/bin/sh
# Asks for one approval and waits for the answer: approve.sh < request.yaml
#
# Standard input is the manifest of one ApprovalRequest, with a generateName so that each run is a new request. Progress is on standard
# error; standard output is the name of the request. It needs kubectl, date and sleep; for TOKEN_FILE base64 too.
#   0 approved    1 denied    2 expired    3 failed    4 nobody could be asked    5 withdrawn, or replaced by another request
#   64 wrong input    124 no answer within WAIT_SECONDS    130 stopped by SIGINT or SIGTERM
# WAIT_SECONDS (3600) bounds the wait whatever the policy says. A script that gives up or is stopped withdraws its request; one that
# nobody can be asked about stays, so that its condition can be read.
# INBOX_URL, such as https://approve.company.com: where people answer; the script then prints the address of the request.
# TOKEN_FILE: where the token is written to, if the manifest asks for one. It needs the right to get the request's Secret.
set -eu
[ $# -eq 0 ] || { echo 'usage: approve.sh < request.yaml' >&2; exit 64; }
case ${WAIT_SECONDS:=3600} in
  *[!0-9]* | 0?* | ????????*) echo "WAIT_SECONDS is a number of seconds, and not: $WAIT_SECONDS" >&2; exit 64 ;;
esac

# In a Pod kubectl forgets the ServiceAccount as soon as a flag changes anything about the connection, its time included.
bound=--request-timeout=10s
[ -z "${KUBERNETES_SERVICE_HOST-}" ] || bound=''

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
    kubectl delete ${bound:+"$bound"} --filename=- \
      --raw="/apis/countersign.dev/v1alpha1/namespaces/$namespace/approvalrequests/$name" >/dev/null 2>&1 &&
    echo "withdrawn: approvalrequest.countersign.dev/$name" >&2 || true
}
end() {
  echo "approvalrequest.countersign.dev/$name"
  exit "$1"
}
trap 'withdraw; exit 130' INT TERM

created=$(kubectl create --filename=- --output=jsonpath='{.metadata.namespace} {.metadata.name} {.metadata.uid} {.kind}{"\n"}') || {
  echo 'the request was not created; if only the answer of the API server was lost, it ends at its deadline' >&2
  exit 4
}
identify
newline='
'
case $created in *"$newline"*) kind='' ;; *) kind=${created##* } ;; esac
if [ "$kind" != ApprovalRequest ]; then
  echo "the manifest is not one ApprovalRequest. Created, and left as it is: $created" >&2
  exit 64
fi
echo "requested: approvalrequest.countersign.dev/$name" >&2
[ -z "${INBOX_URL-}" ] || echo "to answer: ${INBOX_URL%/}/requests/$namespace/$name" >&2

# The message is last, so that no text can stand in the place of a field.
fields='{.metadata.uid}{"\n"}{.status.outcome}{"\n"}{.status.prompts[*].sentAt}{"\n"}{.status.code}{"\n"}{.status.secretName}{"\n"}'
fields=$fields'{range .status.conditions[?(@.type=="Complete")]}{.reason}: {.message}{"\n"}{end}'
found='' outcome='' sent='' code='' secret='' condition='' unread='' shown='' shownCode=''
look() {
  set -- get approvalrequests.countersign.dev "$name" --namespace="$namespace" --ignore-not-found ${bound:+"$bound"}
  unread=''
  if answer=$(kubectl "$@" --output=jsonpath="$fields" 2>/dev/null); then
    { read -r found; read -r outcome; read -r sent; read -r code; read -r secret; read -r condition; } <<ANSWER || true
$answer
ANSWER
  else
    unread=$(kubectl "$@" 2>&1 >/dev/null) || true
    unread="the request cannot be read, which is tried again: ${unread##*"$newline"}"
  fi
}
tell() {
  line=${unread:-$condition}
  [ "$line" = "$shown" ] || echo "$line" >&2
  shown=$line
  # Once somebody was asked: only then does anybody see it.
  [ -z "$sent" ] || [ "$code" = "$shownCode" ] || { echo "code: $code" >&2; shownCode=$code; }
}
give_up() {
  if [ -n "$sent$unread" ]; then
    withdraw
    echo "no answer within $WAIT_SECONDS seconds" >&2
    end 124
  fi
  case $condition in
    # It would have had its turn, and somebody would be asked for nothing.
    '' | Throttled:* | Prompting:*) withdraw ;;
    *) echo "kept, so that it can be read: kubectl --namespace=$namespace get approvalrequest $name --output=yaml" >&2 ;;
  esac
  echo "nobody was asked within $WAIT_SECONDS seconds" >&2
  end 4
}

# The Secret names the uid that its token was issued for: the request can be replaced after its outcome was read, too.
save_token() {
  [ -n "$secret" ] || { echo 'TOKEN_FILE is set, but the manifest asks for no token' >&2; end 3; }
  if held=$(kubectl get secret "$secret" --namespace="$namespace" ${bound:+"$bound"} \
    --output=jsonpath='{.type} {.metadata.ownerReferences[*].uid} {.data.access_token}'); then
    { [ "${held% *}" = "countersign.dev/token $uid" ] && [ -n "${held##* }" ]; } ||
      { echo "approved, but Secret $namespace/$secret is not of this request: its token is not used" >&2; end 5; }
    (umask 077 && printf '%s' "${held##* }" | base64 -d >"$TOKEN_FILE") ||
      { echo 'approved, but the token cannot be written to TOKEN_FILE' >&2; end 3; }
    return 0
  fi
  if [ "$(kubectl auth can-i get "secrets/$secret" --namespace="$namespace" 2>/dev/null)" = no ]; then
    echo "approved, but whoever runs this script may not get Secret $namespace/$secret, which holds the token. A Role with
resourceNames names each Secret, and a generated name is not known before: give requests whose tokens are read a namespace
of their own, and grant get on its Secrets, as deploy/examples/ai-agent does." >&2
    end 3
  fi
  [ "$(date +%s)" -lt "$deadline" ] || { echo 'approved, but the token cannot be read' >&2; end 3; }
  return 1
}

deadline=$(($(date +%s) + WAIT_SECONDS))
while :; do
  look
  if [ -z "$unread" ] && [ "$found" != "$uid" ]; then
    echo "withdrawn by somebody else: approvalrequest.countersign.dev/$name is gone${found:+, and another request has its name}" >&2
    end 5
  fi
  tell
  if [ -n "$outcome" ]; then
    [ "$outcome" = Approved ] && [ -n "${TOKEN_FILE-}" ] || break
    if save_token; then break; fi
  elif [ "$(date +%s)" -ge "$deadline" ]; then
    give_up
  fi
  # In the background, so that a signal is handled meanwhile.
  sleep 1 &
  wait $! || true
done

case $outcome in
  Approved) end 0 ;;
  Denied) end 1 ;;
  Withdrawn) end 5 ;;
  *) [ -n "$sent" ] || { echo 'nobody was asked' >&2; end 4; } ;;
esac
[ "$outcome" = Expired ] && end 2
end 3
