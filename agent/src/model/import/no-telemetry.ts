/**
 * Must be evaluated before the network runtime loads. Its official builds from 1.30 on would otherwise make a device id under
 * ~/.cache/Microsoft, leave a log in /tmp and look up a host of their maker (onnxruntime, docs/Privacy.md: ORT_DISABLE_TELEMETRY).
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
