#!/bin/sh
# leash.sh DIRECTORY COMMAND…: runs COMMAND until it ends. Standard input is the leash: each line on it is the name of a signal for
# COMMAND, and when it closes, because its holder was killed, COMMAND is killed and DIRECTORY is removed. No signal is sent to
# this shell, since a shell loses one that comes while it starts something.
directory=$1
shift
exec 3<&0

"$@" </dev/null 3<&- &
command=$!
{
  while read -r signal <&3; do kill -"$signal" "$command"; done
  trap '' TERM
  kill -KILL "$command"
  rm -rf "$directory"
} 2>/dev/null &
guard=$!

wait "$command"
code=$?
kill "$guard" 2>/dev/null
wait "$guard" 2>/dev/null
exit "$code"
