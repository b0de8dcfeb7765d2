#!/bin/bash
# Our unit under PID 1: driven by a gamepad (uinput, joydev), stopped by whatever can go wrong. One start of the agent for all of it.
modprobe -a uinput joydev
udevadm settle
node /opt/pitwall/test/machine/guest/service.mjs
result=$?
[ $result = 0 ] || journalctl -u pitwall-agent --no-pager -o short-monotonic | tail -60
exit $result
