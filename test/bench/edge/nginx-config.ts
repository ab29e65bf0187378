/** The configuration of an nginx that caches the same origin, as one would write it for speed. */

export interface NginxOptions {
  /** For everything that it writes. */
  readonly folder: string;
  readonly port: number;
  readonly originSocket: string;
  /** Its worker must reach folder and socket, also where root starts it. */
  readonly userName: string;
}

/** One worker, as the Edge has one thread; no access log, as the Edge writes none. */
export function buildNginxConfig({ folder, port, originSocket, userName }: NginxOptions): string {
  return `daemon off;
user ${userName};
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_cache_path ${folder}/cache keys_zone=bench:10m;
  keepalive_requests 100000000;
  upstream origin { server unix:${originSocket}; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://origin;
      proxy_cache bench;
      proxy_cache_valid 200 1d;
      add_header X-Cache $upstream_cache_status;
    }
  }
}
`;
}
