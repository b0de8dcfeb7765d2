#!/bin/bash
# Motor and steering on a PCA9685 that no driver has, through i2c-dev, as the user pitwall. Last of the scenarios: the chip's driver goes.
echo 0x40 > "/sys/bus/i2c/devices/i2c-$(cat /run/bus)/delete_device"
runuser -u pitwall -- node /opt/pitwall/test/machine/guest/i2c-dev.mjs
