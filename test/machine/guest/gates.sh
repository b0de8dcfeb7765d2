#!/bin/bash
# A beam on gpio-sim, whose chip has a Pi's label, watched by `pitwall gate check` as the user pitwall: by gpiomon, through sysfs, and
# by gpiomon again, which finds the line busy where sysfs kept it.
line=$(ls -d /sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio17)
ls -l /dev/gpiochip* | awk '{ print "gpiochip", $1, $3, $4 }'
for profile in beam-gpiomon gpio-sysfs beam-gpiomon; do
  echo pull-up > "$line/pull"
  runuser -u pitwall -- timeout 60 pitwall gate check --passes 3 --profile $profile > /run/gate.log 2>&1 < /dev/null &
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    sleep 1.5
    kill -0 $! 2> /dev/null || break
    echo pull-down > "$line/pull"
    sleep 0.05
    echo pull-up > "$line/pull"
  done
  if wait $!; then echo "ok $profile: $(grep -ciE 'pass' /run/gate.log) lines about passes"; else
    cat /run/gate.log
    echo "FAILED $profile"
  fi
done
