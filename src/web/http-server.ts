import type { Express, Request, Response } from 'express';
import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';

/**
 * A server that the application answers on; it listens to nothing yet. Slow clients get ten seconds for their headers and
 * five minutes for what they send: ten files of 10 MB in one form take that long at 2.8 Mbit/s, which is what a phone has
 * at the edge of a network.
 */
export function httpServer(app: Express): Server {
  const options = { connectionsCheckingInterval: 5_000, requireHostHeader: true, ...kindsFor(app) };
  const server = createServer(options, app);
  server.headersTimeout = 10_000;
  server.requestTimeout = 300_000;
  server.keepAliveTimeout = 65_000;
  return server;
}

/**
 * Kinds of requests and answers that are Express's from the start. Express gives each another prototype when it arrives,
 * and what has got another prototype V8 takes for something never seen before: two hundred times a page it looked up what
 * it knows of all others. What has the right prototype already, Express leaves as it is.
 */
function kindsFor(app: Express) {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  app.request = AppRequest.prototype as Request;
  app.response = AppResponse.prototype as unknown as Response;
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse as typeof ServerResponse };
}
