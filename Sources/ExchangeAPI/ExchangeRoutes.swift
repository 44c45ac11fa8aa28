import Audit
import Delivery
package import HTTP
package import Primitives

/// Serves any exchange over the paths of `/x/v1`.
///
/// The TLS certificate names the member; no path or field does. What a service refuses becomes a
/// problem; what it answers is committed already.
package struct ExchangeRoutes: Sendable {
    /// The exchange as the holder of this certificate sees it, or why it sees nothing.
    package typealias Session =
        @Sendable (PeerIdentity?) async throws(Refusal) ->
        any ExchangeService

    private let session: Session
    private let enrolment: any EnrolmentService
    private let time: any TimeSource

    package init(
        session: @escaping Session,
        enrolment: any EnrolmentService,
        time: any TimeSource
    ) {
        self.session = session
        self.enrolment = enrolment
        self.time = time
    }

    package func add(to router: inout Router) {
        addMessages(to: &router)
        addStatements(to: &router)
        addLog(to: &router)
        addJoining(to: &router)
    }

    private func addMessages(to router: inout Router) {
        on(&router, .post, "/x/v1/messages", Limits.batchBytes) { call throws(ExchangeError) in
            let items = try call.items { frame throws(Refusal) in try WireMessage(frame) }
            return call.results(try await call.service.submit(items))
        }
        on(&router, .put, "/x/v1/chunks/{sha256}", Limits.chunkSealedBytes) {
            call throws(ExchangeError) in
            try await call.service.putChunk(try call.digest(), call.body)
            return Response(status: 204)
        }
        on(&router, .head, "/x/v1/chunks/{sha256}") { call throws(ExchangeError) in
            let isThere = try await call.service.hasChunk(try call.digest())
            return Response(status: isThere ? 200 : 404)
        }
        on(&router, .get, "/x/v1/inbox", mayWait: true) { call throws(ExchangeError) in
            let query = InboxQuery(
                since: Int64(call.number("since", upTo: .max)),
                waitSeconds: call.number("wait", upTo: Limits.waitSeconds),
                limit: call.number("limit", upTo: Limits.pageItems, otherwise: Limits.pageItems)
            )
            guard let page = try await call.service.inbox(query) else {
                return Response(status: 204)
            }
            return call.frames(page.items.map(\.frame), ["revision": .integer(page.revision)])
        }
        on(&router, .post, "/x/v1/inbox/fetch", Limits.frameLineBytes * 2) {
            call throws(ExchangeError) in
            let keys = try call.list("messages") { element in
                element.object.flatMap { MessageKey($0) }
            }
            let results = try await call.service.fetch(keys)
            return call.frames(results.enumerated().map { $0.element.frame(index: $0.offset) })
        }
        on(&router, .get, "/x/v1/inbox/chunks/{from}/{messageId}/{sha256}") {
            call throws(ExchangeError) in
            guard let from = MemberID(call.capture("from")),
                let id = MessageID(call.capture("messageId"))
            else { throw .refused(Refusal(.notFound)) }
            let key = MessageKey(from: from, messageID: id)
            return call.octets(try await call.service.chunk(of: key, try call.digest()))
        }
    }

    private func addStatements(to router: inout Router) {
        on(&router, .post, "/x/v1/statements", Limits.batchBytes) { call throws(ExchangeError) in
            let frames = try call.batch().frames
            guard frames.first?.kind != .proofs else {
                let proofs = try call.items { frame throws(Refusal) in try SealedProofs(frame) }
                return call.results(try await call.service.sendProofs(proofs))
            }
            let items = try call.items { frame throws(Refusal) in try WireStatement(frame) }
            return call.results(try await call.service.acknowledge(items))
        }
        on(&router, .get, "/x/v1/events", mayWait: true) { call throws(ExchangeError) in
            let events = try await call.service.events(call.page)
            guard !events.isEmpty else { return Response(status: 204) }
            return call.frames(events.map(\.frame))
        }
        on(&router, .get, "/x/v1/deliveries") { call throws(ExchangeError) in
            let query = DeliveryQuery(messageID: nil, limit: call.page.limit)
            let copies = try await call.service.deliveries(query)
            return call.json(["deliveries": .array(copies.map(\.json))])
        }
        on(&router, .get, "/x/v1/deliveries/{messageId}") { call throws(ExchangeError) in
            guard let id = MessageID(call.capture("messageId")) else {
                throw .refused(Refusal(.notFound))
            }
            let copies = try await call.service.deliveries(DeliveryQuery(messageID: id))
            return call.json(["deliveries": .array(copies.map(\.json))])
        }
        on(&router, .get, "/x/v1/statements/{sha256}") { call throws(ExchangeError) in
            call.octets(try await call.service.statement(try call.digest()))
        }
    }

    private func addLog(to router: inout Router) {
        on(&router, .get, "/x/v1/status") { call throws(ExchangeError) in
            call.json(try await call.service.status().json)
        }
        on(&router, .post, "/x/v1/proofs", Limits.frameLineBytes) { call throws(ExchangeError) in
            let digests = try call.list("statements") { $0.string.flatMap(Digest.init(hex:)) }
            return call.frames(try await call.service.proofs(digests).map(\.frame))
        }
        on(&router, .get, "/x/v1/log/{tree}/checkpoint") { call throws(ExchangeError) in
            guard let tree = TreeKind(rawValue: call.capture("tree")), tree != .access else {
                throw .refused(Refusal(.notFound))
            }
            let note = try await call.service.checkpoint(tree)
            return Response(status: 200, body: .bytes(note, type: "text/plain; charset=utf-8"))
        }
        on(&router, .get, "/x/v1/directory", mayWait: true) { call throws(ExchangeError) in
            let leaves = try await call.service.directory(call.page)
            guard !leaves.isEmpty else { return Response(status: 204) }
            return call.frames(leaves.map(\.frame))
        }
    }

    private func addJoining(to router: inout Router) {
        on(&router, .post, "/x/v1/renewals", Limits.statementBytes) { call throws(ExchangeError) in
            let requests = try call.list("requests") { element in
                WireCertificateRequest(element)
            }
            let certificates = try await call.service.renew(requests)
            return call.json(
                ["certificates": .array(certificates.map { .string(Base64.encode($0)) })],
                status: 201
            )
        }
        let enrolment = enrolment
        let time = time
        let open = RouteOptions(bodyLimit: 0, mayWait: false, requiresIdentity: false)
        router.on(.get, "/x/v1/root", open) { request, _ throws(HTTPFailure) in
            await Self.answer(request, time) { () throws(ExchangeError) in
                Response(
                    status: 200,
                    body: .bytes(try await enrolment.root(), type: "application/pkix-cert")
                )
            }
        }
        let form = RouteOptions(
            bodyLimit: Limits.frameLineBytes,
            mayWait: false,
            requiresIdentity: false
        )
        router.on(.post, "/x/v1/enrolments", form) { request, _ throws(HTTPFailure) in
            let body = try await request.body(limit: Limits.frameLineBytes)
            return await Self.answer(request, time) { () throws(ExchangeError) in
                let wish = try RouteCall.parsed(body) { json throws(DecodingRefusal) in
                    try EnrolmentRequest(json)
                }
                let answer = try await enrolment.enrol(wish)
                return RouteCall.json(answer.json, status: 201)
            }
        }
    }
}

extension ExchangeRoutes {
    private func on(
        _ router: inout Router,
        _ method: Method,
        _ template: String,
        _ bodyLimit: Int = 0,
        mayWait: Bool = false,
        _ body: @escaping @Sendable (RouteCall) async throws(ExchangeError) -> Response
    ) {
        let session = session
        let time = time
        let options = RouteOptions(
            bodyLimit: bodyLimit,
            mayWait: mayWait,
            requiresIdentity: true
        )
        router.on(method, template, options) { request, captures throws(HTTPFailure) in
            let bytes = bodyLimit > 0 ? try await request.body(limit: bodyLimit) : []
            return await Self.answer(request, time) { () throws(ExchangeError) in
                let service = try await wrap(ExchangeError.refused) { () throws(Refusal) in
                    try await session(request.identity)
                }
                return try await body(
                    RouteCall(service: service, request: request, captures: captures, body: bytes)
                )
            }
        }
    }

    /// Runs one call, turns its refusal into a problem and stamps the time (`Renkei-Time`).
    private static func answer(
        _ request: Request,
        _ time: any TimeSource,
        _ body: () async throws(ExchangeError) -> Response
    ) async -> Response {
        var response: Response
        do throws(ExchangeError) {
            response = try await body()
        } catch {
            response = problem(error, trace: request.trace)
        }
        response.fields.append(("Renkei-Time", String(time.now.milliseconds)))
        return response
    }

    private static func problem(_ error: ExchangeError, trace: String) -> Response {
        let refusal =
            if case .refused(let refusal) = error { refusal } else { Refusal(.internalFailure) }
        return Response(
            status: refusal.status,
            fields: refusal.retryAfterSeconds.map { [("Retry-After", String($0))] } ?? [],
            body: .bytes(
                Problem.json(refusal, trace: trace).canonicalBytes,
                type: Problem.mediaType
            )
        )
    }
}
