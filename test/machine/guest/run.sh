#!/bin/bash
# Runs in the guest, once: emulated chips under the kernel's own drivers, then each scenario. Lines "figure NAME VALUE UNIT MOST"
# and "FAILED …" are read by run.ts.
trap 'echo "end $(cut -d" " -f1 /proc/uptime)"' EXIT
here=/opt/pitwall/test/machine/guest
echo "figure boot $(cut -d' ' -f1 /proc/uptime) s -"
cp /opt/pitwall/firmware-config/udev/*.rules /etc/udev/rules.d/ && udevadm control --reload
. $here/devices.sh > /run/devices.log 2>&1 || { cat /run/devices.log; echo "FAILED devices"; }
for scenario in $(sed 's/.*scenarios=\([^ ]*\).*/\1/; s/,/ /g' /proc/cmdline); do
  echo "scenario $scenario $(uname -r)"
  bash $here/$scenario.sh 2>&1 || echo "FAILED $scenario: exit code $?"
done
