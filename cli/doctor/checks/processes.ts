/** DJ10 to DJ14: workers, server, channels, Celery. */

import { at, type DoctorCheck, find, pass, skipUnmeasured } from "../doctor-check.ts";
import { listProcesses } from "../list-processes.ts";

const MIB = 1024 * 1024;

export const workers: DoctorCheck = {
  code: "DJ10",
  title: "Number of worker processes",
  severity: { local: "warning", cloud: "warning" },
  needs: "measures",
  check(subject) {
    const { sizing } = subject.measures;
    if (sizing === null) return skipUnmeasured(subject, "sizing");
    const { cpus, memoryBytes, memoryPerWorkerBytes } = sizing;
    const mib = (bytes: number) => `${Math.floor(bytes / MIB)} MiB`;
    const evidence = `${cpus} CPUs, ${mib(memoryBytes)} for this process`;
    const count = subject.mechanisms?.workers ?? null;
    if (count === null)
      return pass("chosen from CPUs and memory when the release starts", evidence);
    if (count * memoryPerWorkerBytes <= memoryBytes) {
      return pass(`${count} of ${mib(memoryPerWorkerBytes)} fit`, evidence);
    }
    const fitting = Math.max(1, Math.floor(memoryBytes / memoryPerWorkerBytes));
    return find(
      `${count} workers of ${mib(memoryPerWorkerBytes)} need more memory than there is`,
      evidence,
      `workers: ${fitting} in the environment's config`,
    );
  },
};

export const server: DoctorCheck = {
  code: "DJ11",
  title: "A server made for production",
  severity: { local: "error", cloud: "error" },
  needs: "measures",
  check(subject) {
    const { server: installed } = subject.measures;
    if (installed === null) return skipUnmeasured(subject, "server");
    const evidence = "the release's environment";
    const isAsgi = subject.facts["backend.interface"]?.value === "asgi";
    const { gunicorn, uvicornWorker } = installed;
    if (gunicorn === null || (isAsgi && uvicornWorker === null)) {
      const missing = gunicorn === null ? "gunicorn" : "uvicorn-worker";
      return find(`${missing} is not installed`, evidence, "mizan deploy --force");
    }
    const own = listProcesses(subject.facts).find(({ command }) => /\brunserver\b/.test(command));
    const note = own === undefined ? "" : `; runserver of the Procfile's ${own.name} is not used`;
    const worker = isAsgi ? ` with uvicorn-worker ${uvicornWorker}` : "";
    return pass(`gunicorn ${gunicorn}${worker} serves the app${note}`, evidence);
  },
};

export const channels: DoctorCheck = {
  code: "DJ12",
  title: "ASGI, channels, websockets",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const { channels: used } = subject.settings;
    const interface_ = subject.facts["backend.interface"]?.value ?? "wsgi";
    if (used === null)
      return pass(`channels is not used; ${interface_}`, at(subject, "INSTALLED_APPS"));
    if (used.layer === "memory") {
      return find(
        "The channel layer is in memory: a message does not reach the other worker processes",
        at(subject, "CHANNEL_LAYERS"),
        "Use channels_redis.core.RedisChannelLayer.",
      );
    }
    if (interface_ !== "asgi") {
      return find(
        "channels is used, but there is no ASGI application: websockets are not answered",
        at(subject, "ASGI_APPLICATION"),
        'ASGI_APPLICATION = "config.asgi.application"',
      );
    }
    const layer = used.layer === null ? "no channel layer" : `channel layer: ${used.layer}`;
    return pass(`served by ASGI; ${layer}`, at(subject, "CHANNEL_LAYERS"));
  },
};

export const beat: DoctorCheck = {
  code: "DJ13",
  title: "Celery beat that runs twice",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const embedded = listProcesses(subject.facts).find(
      ({ command }) => /\bcelery\b.*\bworker\b/.test(command) && /\s(-B|--beat)\b/.test(command),
    );
    if (embedded !== undefined) {
      // Not even a warning: mizan does not start it.
      return {
        ...find(
          `The Procfile's ${embedded.name} starts beat inside the worker: two workers run every task twice; mizan starts one beat of its own`,
          embedded.from,
          "Give beat a process of its own: celery -A … beat",
        ),
        severity: "info",
      };
    }
    const { celery } = subject.settings;
    if (celery === null) return pass("there is no Celery", "no Celery app was found");
    return celery.beat
      ? pass(
          "beat is one process of the release, never scaled, ended before the next one starts",
          celery.app,
        )
      : pass("there is no schedule", celery.app);
  },
};

export const drain: DoctorCheck = {
  code: "DJ14",
  title: "Celery workers during a deploy",
  severity: { local: "warning", cloud: "warning" },
  needs: "measures",
  check(subject) {
    const { celery } = subject.settings;
    if (celery === null) return pass("there is no Celery", "no Celery app was found");
    const stopSeconds = subject.mechanisms?.workerStopSeconds ?? null;
    if (stopSeconds === null) return skipUnmeasured(subject, "longestTaskSeconds");
    const failed = subject.failures.some(({ measure }) => measure === "longestTaskSeconds");
    if (failed) return skipUnmeasured(subject, "longestTaskSeconds");
    const { longestTaskSeconds: longest } = subject.measures;
    if (longest !== null && longest > stopSeconds) {
      return find(
        `A task may take ${longest} s, but a worker that is replaced has ${stopSeconds} s to end it`,
        celery.app,
        "Let long tasks be repeated: acks_late=True, and make them safe to run twice.",
      );
    }
    return pass(
      `workers are of the release and have ${stopSeconds} s to end their tasks`,
      longest === null ? `${celery.app}: no time limit is set` : `time limit ${longest} s`,
    );
  },
};
