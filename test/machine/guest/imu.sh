#!/bin/bash
# The BMI160's driver after its reset (±2 g), read by the agent as the user pitwall; asserted on the chip's range register.
runuser -u pitwall -- node /opt/pitwall/test/machine/guest/imu.mjs
