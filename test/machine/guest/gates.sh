#!/bin/bash
# A beam on a line of a chip with a Pi's label (on 5.10 gpio-mockup's own), watched by `pitwall gate check` as the user pitwall: by
# gpiomon, through sysfs, and by gpiomon again, which would find the line busy where sysfs kept it.
node=/opt/pitwall/test/machine/guest/pull.mjs
ls -l /dev/gpiochip* | awk '{ print "gpiochip", $1, $3, $4 }'
cd /run
for profile in beam-gpiomon gpio-sysfs; do
  sed "s/\[pinctrl-rp1.*bcm2835\]/[pinctrl-rp1, $(cat /run/label)]/; s/^name: .*/name: $profile-here/" /opt/pitwall/firmware-config/gates/$profile.yaml > $profile-here.yaml
done
for profile in beam-gpiomon gpio-sysfs beam-gpiomon; do
  node $node 17 1
  runuser -u pitwall -- timeout 90 pitwall gate check --passes 5 --profile /run/$profile-here.yaml > /run/gate.log 2>&1 < /dev/null &
  check=$!
  node $node 17 passes $check
  if wait $check; then echo "ok five passes by $profile"; else
    cat /run/gate.log
    echo "FAILED $profile"
  fi
done
