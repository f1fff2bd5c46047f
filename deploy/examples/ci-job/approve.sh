#!/bin/sh
# Asks for one approval and waits for the answer: approve.sh < request.yaml
#
# Standard input is the manifest of one ApprovalRequest, with a generateName so that each run is a new request. Progress is on standard
# error; standard output is the name of the request. It needs kubectl, date and sleep; for TOKEN_FILE base64 and chmod too.
#   0    approved
#   1    denied by a person
#   2    expired before anybody answered
#   3    failed; the last message says why
#   4    nobody could be asked
#   5    withdrawn by somebody else, or replaced by another request of the same name
#   64   wrong input; no request was created
#   124  no answer within WAIT_SECONDS
#   130  stopped by SIGINT or SIGTERM
# WAIT_SECONDS (3600) bounds the wait whatever the policy says; a prompt that is just being sent has 5 seconds more. A script that gives up or is stopped withdraws its request, and says so
# if it could not; one that nobody can be asked about stays, so that its condition can be read.
# INBOX_URL, such as https://approve.company.com: where people answer; once somebody is asked, the script prints the request's address.
# TOKEN_FILE: where the token is written to, if the manifest asks for one. It needs the right to get the request's Secret.
set -eu
wrong() {
  echo "$1" >&2
  exit 64
}
{ [ $# -eq 0 ] && [ ! -t 0 ]; } || wrong 'usage: approve.sh < request.yaml'
case ${WAIT_SECONDS:=3600} in
  *[!0-9]* | 0?* | ????????*) wrong "WAIT_SECONDS is a number of seconds, and not: $WAIT_SECONDS" ;;
esac
case ${INBOX_URL-} in
  '' | https://?* | http://?*) ;;
  *) wrong "INBOX_URL is an address such as https://approve.company.com, and not: $INBOX_URL" ;;
esac
# Before anybody is asked: an approval whose token has no place is spent for nothing.
if [ -n "${TOKEN_FILE-}" ]; then
  case $TOKEN_FILE in */*) place=${TOKEN_FILE%/*}/ ;; *) place=. ;; esac
  [ ! -e "$TOKEN_FILE" ] || place=$TOKEN_FILE
  { [ -w "$place" ] && [ ! -d "$TOKEN_FILE" ]; } || wrong "TOKEN_FILE cannot be written: $TOKEN_FILE"
fi

# In a Pod kubectl forgets the ServiceAccount as soon as a flag changes anything about the connection, its time included.
bound=--request-timeout=10s
[ -z "${KUBERNETES_SERVICE_HOST-}" ] || bound=''

# A name is not enough: whoever may delete the request can create another one of that name, and have that one approved. The uid that
# `create` returns is the request; each read prints uid and outcome together, and a read of another uid is no answer.
created='' namespace='' name='' uid='' expires=''
newline='
'
identify() {
  # shellcheck disable=SC2086 # words: namespace, name, uid
  set -- $created
  namespace=${1-} name=${2-} uid=${3-}
}
# Fails if the request may still be there.
withdraw() {
  identify
  [ -n "$uid" ] || return 0
  # By uid, so that another request of that name stays.
  if refusal=$(printf '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"%s"}}' "$uid" |
    kubectl delete ${bound:+"$bound"} --filename=- \
      --raw="/apis/countersign.dev/v1alpha1/namespaces/$namespace/approvalrequests/$name" 2>&1 >/dev/null); then
    echo "withdrawn: approvalrequest.countersign.dev/$name" >&2
    return 0
  fi
  # Gone, or another request has its name.
  case $refusal in *'(NotFound)'* | *'(Conflict)'*) return 0 ;; esac
  echo "not withdrawn: approvalrequest.countersign.dev/$name stays open until ${expires:-it expires}, and people may still be asked: ${refusal##*"$newline"}" >&2
  return 1
}
end() {
  echo "approvalrequest.countersign.dev/$name"
  exit "$1"
}
trap 'withdraw || true; exit 130' INT TERM

manifest='' line=''
while IFS= read -r line || [ -n "$line" ]; do manifest=$manifest$line$newline; done
create() {
  printf '%s' "$manifest" | kubectl create --filename=- "$@"
}
check() {
  create --dry-run=server --output=jsonpath='{.kind} {.spec.token}{"\n"}'
}
# Checked before anything is created: what the first objects of a wrong manifest leave behind, nobody withdraws.
if ! kinds=$(check 2>/dev/null); then
  refusal=$(check 2>&1 >/dev/null) || true
  echo "$refusal" >&2
  case $refusal in
    *'cannot create resource "approvalrequests"'* | *'failed to download openapi'*) ;;
    *' is invalid: '* | *' denied '* | *'error parsing '* | *'error validating '* | *'no objects passed'* | *'no matches for kind'* | \
      *'does not match the namespace'* | *'cannot create resource'* | *'(BadRequest)'* | *'(NotFound)'* | *'(AlreadyExists)'* | \
      *'(RequestEntityTooLarge)'*) wrong 'the manifest was refused; nothing was created' ;;
  esac
  echo 'nobody was asked: the request could not be created' >&2
  exit 4
fi
case $kinds in
  *"$newline"*) wrong 'the manifest is more than one ApprovalRequest; nothing was created' ;;
  'ApprovalRequest ') [ -z "${TOKEN_FILE-}" ] || wrong 'TOKEN_FILE is set, but the manifest asks for no token; nothing was created' ;;
  'ApprovalRequest '*) ;;
  *) wrong 'the manifest is not an ApprovalRequest; nothing was created' ;;
esac
created=$(create --output=jsonpath='{.metadata.namespace} {.metadata.name} {.metadata.uid}') || {
  echo 'the request was not created; if only the answer of the API server was lost, it ends at its deadline' >&2
  exit 4
}
identify
echo "requested: approvalrequest.countersign.dev/$name" >&2

# The message is last, so that no text can stand in the place of a field.
fields='{.metadata.uid}{"\n"}{.status.outcome}{"\n"}{.status.prompts[*].sentAt}{"\n"}{.status.prompts[*].expiresAt}{"\n"}'
fields=$fields'{.status.code}{"\n"}{.status.secretName}{"\n"}{.status.expires}{"\n"}'
fields=$fields'{range .status.conditions[?(@.type=="Complete")]}{.reason}: {.message}{"\n"}{end}'
# `sent`: somebody may have been asked. `asked`: the provider took the prompt, so that somebody sees it.
found='' outcome='' sent='' asked='' code='' secret='' condition='' unread='' shown='' shownCode=''
look() {
  set -- get approvalrequests.countersign.dev "$name" --namespace="$namespace" --ignore-not-found ${bound:+"$bound"}
  unread=''
  if answer=$(kubectl "$@" --output=jsonpath="$fields" 2>/dev/null); then
    {
      read -r found; read -r outcome; read -r sent; read -r asked; read -r code; read -r secret; read -r expires; read -r condition
    } <<ANSWER || true
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
  # Only then does anybody see it, and is there a page to answer on.
  [ -n "$asked" ] && [ -z "$outcome" ] && [ "$code" != "$shownCode" ] || return 0
  echo "code: $code" >&2
  [ -z "${INBOX_URL-}" ] || echo "to answer: ${INBOX_URL%/}/requests/$namespace/$name" >&2
  shownCode=$code
}
give_up() {
  case "$sent$unread $condition" in
    # It would have its turn, and somebody would be asked for nothing.
    ' ' | ' Throttled:'* | ' Prompting:'*) withdraw || sent=perhaps ;;
    ' '*) echo "kept, so that it can be read: kubectl --namespace=$namespace get approvalrequest $name --output=yaml" >&2 ;;
    *) withdraw || true ;;
  esac
  if [ -z "$sent$unread" ]; then
    echo "nobody was asked within $WAIT_SECONDS seconds" >&2
    end 4
  fi
  [ -n "$asked" ] || echo 'it is not known whether anybody was asked' >&2
  echo "no answer within $WAIT_SECONDS seconds" >&2
  end 124
}

# The Secret names the uid that its token was issued for: the request can be replaced after its outcome was read, too.
save_token() {
  [ -n "$secret" ] || { echo 'approved, but there is no token' >&2; end 3; }
  if held=$(kubectl get secret "$secret" --namespace="$namespace" ${bound:+"$bound"} \
    --output=jsonpath='{.type} {.metadata.ownerReferences[*].uid} {.data.access_token}'); then
    { [ "${held% *}" = "countersign.dev/token $uid" ] && [ -n "${held##* }" ]; } ||
      { echo "approved, but Secret $namespace/$secret is not of this request: its token is not used" >&2; end 5; }
    # A file that is there already keeps its mode.
    (umask 077 && : >"$TOKEN_FILE" && { [ ! -f "$TOKEN_FILE" ] || chmod 600 "$TOKEN_FILE"; } &&
      printf '%s' "${held##* }" | base64 -d >"$TOKEN_FILE") ||
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
    # In a moment it is known whether the provider took the prompt that is just being sent.
    [ -n "$sent" ] && [ -z "$asked" ] && [ "$(date +%s)" -lt $((deadline + 5)) ] || give_up
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
