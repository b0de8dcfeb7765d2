#!/bin/bash
# A beam on a line of a chip with a Pi's label (on 5.10 gpio-mockup's own), watched by `pitwall gate check` as the user pitwall: by
# gpiomon, through sysfs, and by gpiomon again, which would find the line busy where sysfs kept it; and once more after a gate by
# sysfs was killed.
node=/opt/pitwall/test/machine/guest/pull.mjs
ls -l /dev/gpiochip* | awk '{ print "gpiochip", $1, $3, $4 }'
cd /run
for profile in beam-gpiomon gpio-sysfs; do
  sed "s/\[pinctrl-rp1.*bcm2835\]/[pinctrl-rp1, $(cat /run/label)]/; s/^name: .*/name: $profile-here/" /opt/pitwall/firmware-config/gates/$profile.yaml > $profile-here.yaml
done
for profile in beam-gpiomon gpio-sysfs beam-gpiomon killed beam-gpiomon; do
  node $node 17 1
  if [ $profile = killed ]; then
    line=/sys/class/gpio/gpio$(($(cat /run/first-line) + 17))
    runuser -u pitwall -- pitwall gate check --passes 5 --profile /run/gpio-sysfs-here.yaml > /run/gate.log 2>&1 < /dev/null &
    for _ in $(seq 600); do [ ! -e $line ] || break; sleep 0.1; done
    pkill -KILL -u pitwall node
    wait $!
    [ -e $line ] && echo "ok a killed gate leaves its line exported" || echo "FAILED there is no line to take over"
    continue
  fi
  runuser -u pitwall -- timeout 90 pitwall gate check --passes 5 --profile /run/$profile-here.yaml > /run/gate.log 2>&1 < /dev/null &
  check=$!
  node $node 17 passes $check
  if wait $check; then echo "ok five passes by $profile"; else
    cat /run/gate.log
    echo "FAILED $profile"
  fi
done
