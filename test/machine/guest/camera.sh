#!/bin/bash
# vivid under videodev, read by the agent's camera as the user pitwall; taken away and brought back.
modprobe vivid n_devs=1 node_types=0x1 input_types=0x0
udevadm settle
log=/run/camera.log
: > $log
runuser -u pitwall -- node /opt/pitwall/test/machine/guest/camera.mjs >> $log 2>&1 &
camera=$!
after() { for _ in $(seq 200); do ! grep -q "$1" $log || return 0; kill -0 $camera 2> /dev/null || return 1; sleep 0.1; done; return 1; }
after '^ok frames' && { echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind; }
after '^ok .*gone' && { echo vivid.0 > /sys/bus/platform/drivers/vivid/bind; }
wait $camera || echo "FAILED the camera's program" >> $log
cat $log
