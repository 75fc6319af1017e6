/** Programs of Meterlark for tests: started from METERLARK_PYTHON (the repository's environment by default), stopped by the caller. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PYTHON = process.env["METERLARK_PYTHON"] ?? "../../.venv/bin/python";

export interface Running {
  url: string;
  stop: () => Promise<void>;
}

/** Start a server with an empty data folder. */
export async function startServer(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), "meterlark-"));
  const { url, stop } = await start(["-m", "meterlark", "serve", "--data-dir", join(folder, "data"), "--port", "0"]);
  return {
    url,
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Start a provider that speaks OpenAI's wire format. */
export function startProvider(): Promise<Running> {
  return start(["-m", "meterlark.testing.provider", "--port", "0"]);
}

/** Start a program that prints its address when it is ready. */
async function start(command: string[]): Promise<Running> {
  const child: ChildProcess = spawn(PYTHON, command, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout! }).once("line", resolve)),
    ended.then(() => Promise.reject(new Error(`${PYTHON} ${command.join(" ")} did not start`))),
  ]);
  return {
    url: url.trim(),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
