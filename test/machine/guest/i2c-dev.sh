#!/bin/bash
# Motor and steering on a PCA9685, and a BMI160, that no driver has, through i2c-dev, as the user pitwall. Last of the scenarios: their
# drivers go.
for address in 0x40 0x68; do echo $address > "/sys/bus/i2c/devices/i2c-$(cat /run/bus)/delete_device"; done
runuser -u pitwall -- node /opt/pitwall/test/machine/guest/i2c-dev.mjs
