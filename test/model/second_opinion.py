"""Runs a policy in PyTorch, from the same weights, to compare with.

Reads a plan (JSON: layers in order, each with the offsets of its weights in a file of float32) and frames (uint8,
120x160 each), writes one float32 row for each frame. With one more path it also writes the network as ONNX, by PyTorch's own exporter.
"""

import json
import sys

import numpy as np
import torch
import torch.nn.functional as functional

plan_path, weights_path, frames_path, out_path, *onnx_path = sys.argv[1:]
torch.set_num_threads(1)
torch.set_grad_enabled(False)

with open(plan_path) as file:
    plan = json.load(file)
weights = np.fromfile(weights_path, dtype=np.float32)
frames = np.memmap(frames_path, dtype=np.uint8, mode="r").reshape(-1, 120, 160, 1)


def tensor(part):
    count = int(np.prod(part["shape"]))
    return torch.from_numpy(weights[part["at"] : part["at"] + count].reshape(part["shape"]).copy())


layers = []
for layer in plan["layers"]:
    kernel, bias = tensor(layer["kernel"]), tensor(layer["bias"])
    if layer["kind"] == "convolution":
        # From height, width, in, out to out, in, height, width.
        layers.append(("convolution", kernel.permute(3, 2, 0, 1).contiguous(), bias, layer))
    else:
        layers.append(("dense", kernel, bias, layer))



class Policy(torch.nn.Module):
    def forward(self, pixels):
        x = (pixels / 255).permute(0, 3, 1, 2)
        for kind, kernel, bias, layer in layers:
            if kind == "convolution":
                x = functional.conv2d(x, kernel, bias, stride=layer["stride"])
            else:
                if x.dim() == 4:
                    # TensorFlow flattens with the channels last.
                    x = x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)
                x = x @ kernel + bias
            if layer["relu"]:
                x = functional.relu(x)
        return functional.softmax(x, dim=1) if plan["softmax"] else x


policy = Policy()
with open(out_path, "wb") as out:
    for start in range(0, len(frames), 50):
        x = policy(torch.from_numpy(frames[start : start + 50].astype(np.float32)))
        out.write(x.contiguous().numpy().astype(np.float32).tobytes())
if onnx_path:
    torch.onnx.export(
        policy,
        torch.zeros(1, 120, 160, 1),
        onnx_path[0],
        opset_version=13,
        input_names=["FRONT_FACING_CAMERA"],
        output_names=["policy"],
        dynamic_axes={"FRONT_FACING_CAMERA": {0: "batch"}},
    )
