import Audit
import Delivery
import Directory
package import HTTP
import Primitives

/// Serves any exchange over the paths of `/x/v1`.
///
/// The TLS certificate names the member; no path or field does. What a service refuses becomes a
/// problem; what it answers is committed already.
package struct ExchangeRoutes: Sendable {
    /// The exchange as the holder of this certificate (DER, its chain checked by TLS) sees it, or
    /// why it sees nothing.
    package typealias Session =
        @Sendable (_ certificate: [UInt8]?) async throws(Refusal) -> any ExchangeService

    /// Whether a stranger at this address may try to join now, asked before its body is read.
    package typealias Admission = @Sendable (_ address: String) throws(Refusal) -> Void

    private let session: Session
    private let enrolment: any EnrolmentService
    private let admission: Admission

    package init(
        session: @escaping Session,
        enrolment: any EnrolmentService,
        admission: @escaping Admission
    ) {
        self.session = session
        self.enrolment = enrolment
        self.admission = admission
    }

    package func add(to router: inout Router) {
        addMessages(to: &router)
        addInbox(to: &router)
        addStatements(to: &router)
        addLog(to: &router)
        addWitnesses(to: &router)
        addJoining(to: &router)
    }

    private func addMessages(to router: inout Router) {
        on(&router, .post, "/x/v1/messages", .frames) { call throws(ExchangeError) in
            let items = try call.items { frame throws(Refusal) in try WireMessage(frame) }
            return call.results(try await call.service.submit(items))
        }
        on(&router, .put, "/x/v1/chunks/{sha256}", .chunk) { call throws(ExchangeError) in
            try await call.service.putChunk(try call.digest(), call.body)
            return Response(status: 204)
        }
        on(&router, .head, "/x/v1/chunks/{sha256}") { call throws(ExchangeError) in
            let isThere = try await call.service.hasChunk(try call.digest())
            return Response(status: isThere ? 200 : 404)
        }
        on(&router, .get, "/x/v1/deliveries") { call throws(ExchangeError) in
            let query = DeliveryQuery(
                messageID: nil,
                state: call.request.query("state").flatMap(DeliveryState.init(rawValue:)),
                after: Int64(call.number("after")),
                limit: call.limit
            )
            return Self.deliveries(try await call.service.deliveries(query))
        }
        on(&router, .get, "/x/v1/deliveries/{messageId}") { call throws(ExchangeError) in
            let id = try call.capture("messageId") { MessageID($0) }
            return Self.deliveries(
                try await call.service.deliveries(DeliveryQuery(messageID: id))
            )
        }
    }

    private func addInbox(to router: inout Router) {
        on(&router, .get, "/x/v1/inbox", .none(mayWait: true)) { call throws(ExchangeError) in
            var query = InboxQuery(
                since: Int64(call.number("since")),
                waitSeconds: call.waitSeconds,
                limit: call.limit,
                after: call.number("after")
            )
            let days = call.number("includeDelivered")
            if days > 0 { query.includeDelivered = days }
            guard let page = try await call.service.inbox(query) else {
                return Response(status: 204)
            }
            return call.frames(
                page.items.map(\.frame),
                closing: ["revision": .integer(page.revision)]
            )
        }
        on(&router, .post, "/x/v1/inbox/fetch", .json) { call throws(ExchangeError) in
            let keys = try call.list("messages") { reader throws(DecodingRefusal) in
                try MessageKey(reading: &reader)
            }
            let results = try await call.service.fetch(keys)
            return call.frames(results.enumerated().map { $0.element.frame(index: $0.offset) })
        }
        on(&router, .get, "/x/v1/inbox/chunks/{from}/{messageId}/{sha256}") {
            call throws(ExchangeError) in
            let key = MessageKey(
                from: try call.capture("from") { MemberID($0) },
                messageID: try call.capture("messageId") { MessageID($0) }
            )
            return call.octets(try await call.service.chunk(of: key, try call.digest()))
        }
    }

    private func addStatements(to router: inout Router) {
        on(&router, .post, "/x/v1/statements", .frames) { call throws(ExchangeError) in
            // A batch holds statements or proofs, as its first frame says.
            let kinds = try call.items { frame throws(Refusal) in frame.kind }
            guard kinds.first != .proofs else {
                let proofs = try call.items { frame throws(Refusal) in try SealedProofs(frame) }
                return call.results(try await call.service.sendProofs(proofs))
            }
            let items = try call.items { frame throws(Refusal) in try WireStatement(frame) }
            return call.results(try await call.service.acknowledge(items))
        }
        on(&router, .get, "/x/v1/statements/{sha256}") { call throws(ExchangeError) in
            call.octets(try await call.service.statement(try call.digest()))
        }
        on(&router, .get, "/x/v1/events", .none(mayWait: true)) { call throws(ExchangeError) in
            call.page(try await call.service.events(call.page).map(\.frame))
        }
        on(&router, .post, "/x/v1/proofs", .json) { call throws(ExchangeError) in
            let digests = try RouteCall.parsed(call.body) { json throws(DecodingRefusal) in
                var reader = try ObjectReader(json)
                return try reader.values("statements") { Digest(hex: $0) }
            }
            return call.frames(try await call.service.proofs(digests).map(\.frame))
        }
    }

    private func addLog(to router: inout Router) {
        on(&router, .get, "/x/v1/status") { call throws(ExchangeError) in
            RouteCall.json(try await call.service.status().json)
        }
        on(&router, .get, "/x/v1/log/{tree}/checkpoint") { call throws(ExchangeError) in
            let tree = try call.capture("tree") { TreeKind(rawValue: $0) }
            let note = try await call.service.checkpoint(
                tree,
                isWitnessed: call.number("witnessed") == 1
            )
            return Response(status: 200, body: .bytes(note, type: "text/plain; charset=utf-8"))
        }
        on(&router, .get, "/x/v1/directory", .none(mayWait: true)) { call throws(ExchangeError) in
            call.page(try await call.service.directory(call.page).map(\.frame))
        }
    }

    private func addWitnesses(to router: inout Router) {
        on(&router, .get, "/x/v1/witness/requests", .none(mayWait: true)) {
            call throws(ExchangeError) in
            let requests = try await call.service.witnessRequests(waitSeconds: call.waitSeconds)
            return RouteCall.json(["requests": .array(requests.map(\.json))])
        }
        on(&router, .post, "/x/v1/witness/cosignatures", .json) { call throws(ExchangeError) in
            let answers = try call.list("answers") { reader throws(DecodingRefusal) in
                try WitnessAnswer(reading: &reader)
            }
            try await call.service.cosign(answers)
            return Response(status: 204)
        }
        on(&router, .post, "/x/v1/witness/checkpoints", .checkpoint) {
            call throws(ExchangeError) in
            let request: WitnessRequest
            do throws(AuditRefusal) { request = try WitnessRequest(reading: call.body) } catch {
                throw .refused(Refusal(.malformed))
            }
            return RouteCall.json(try await call.service.witness(request).json)
        }
    }

    private func addJoining(to router: inout Router) {
        on(&router, .post, "/x/v1/renewals", .json) { call throws(ExchangeError) in
            let requests = try call.list("requests") { reader throws(DecodingRefusal) in
                try WireCertificateRequest(reading: &reader)
            }
            let certificates = try await call.service.renew(requests)
            return RouteCall.json(
                ["certificates": .array(certificates.map { .bytes($0) })],
                status: 201
            )
        }
        let enrolment = enrolment
        onOpen(&router, (.get, "/x/v1/root")) { _ throws(ExchangeError) in
            let der = try await enrolment.root()
            return Response(status: 200, body: .bytes(der, type: "application/pkix-cert"))
        }
        onOpen(&router, (.post, "/x/v1/enrolments"), .json, admission) {
            body throws(ExchangeError) in
            let request = try RouteCall.parsed(body) { json throws(DecodingRefusal) in
                try EnrolmentRequest(json)
            }
            return RouteCall.json(try await enrolment.enrol(request).json, status: 201)
        }
    }

    private static func deliveries(_ copies: [CopyReport]) -> Response {
        RouteCall.json(["deliveries": .array(copies.map(\.json))])
    }
}

/// What the body of a call is.
private enum CallBody {
    case none(mayWait: Bool)
    case frames, json, chunk, checkpoint

    /// A missing certificate is left to the session: its refusal has the words of the contract.
    func options(_ pool: HandlerPool) -> RouteOptions {
        let (limit, types): (Int, [String]) =
            switch self {
            case .none: (0, [])
            case .frames: (Limits.batchBytes, [Frame.mediaType])
            case .json: (Limits.statementBytes, ["application/json"])
            case .chunk: (Limits.chunkSealedBytes, ["application/octet-stream"])
            case .checkpoint: (WitnessRequest.maximumBytes, ["text/plain"])
            }
        let mayWait = if case .none(mayWait: true) = self { true } else { false }
        return RouteOptions(
            bodyLimit: limit,
            mediaTypes: types,
            mayWait: mayWait,
            pool: pool,
            requiresIdentity: false
        )
    }
}

extension ExchangeRoutes {
    /// A call of a member.
    private func on(
        _ router: inout Router,
        _ method: Method,
        _ template: String,
        _ body: CallBody = .none(mayWait: false),
        _ answer: @escaping @Sendable (RouteCall) async throws(ExchangeError) -> Response
    ) {
        let session = session
        let options = body.options(.common)
        router.on(method, template, options) { request, captures async throws(HTTPFailure) in
            let service: any ExchangeService
            do throws(Refusal) { service = try await session(request.identity?.certificate) } catch
            {
                return Self.problem(.refused(error), request)
            }
            let bytes = try await request.body(limit: options.bodyLimit)
            let call = RouteCall(
                service: service,
                request: request,
                captures: captures,
                body: bytes
            )
            do throws(ExchangeError) {
                return try await answer(call)
            } catch {
                return Self.problem(error, request)
            }
        }
    }

    /// A call that needs no certificate.
    private func onOpen(
        _ router: inout Router,
        _ route: (method: Method, template: String),
        _ body: CallBody = .none(mayWait: false),
        _ admission: Admission? = nil,
        _ answer: @escaping @Sendable ([UInt8]) async throws(ExchangeError) -> Response
    ) {
        let options = body.options(.strangers)
        router.on(route.method, route.template, options) { request, _ async throws(HTTPFailure) in
            do throws(Refusal) { try admission?(request.remoteAddress) } catch {
                return Self.problem(.refused(error), request)
            }
            let bytes = try await request.body(limit: options.bodyLimit)
            do throws(ExchangeError) {
                return try await answer(bytes)
            } catch {
                return Self.problem(error, request)
            }
        }
    }

    private static func problem(
        _ error: ExchangeError,
        _ request: Request
    ) -> Response {
        let refusal =
            if case .refused(let refusal) = error { refusal } else { Refusal(.internalFailure) }
        let json = Problem.json(refusal, trace: request.trace)
        return Response(
            status: refusal.status,
            fields: refusal.retryAfterSeconds.map { [("Retry-After", String($0))] } ?? [],
            body: .bytes(json.canonicalBytes, type: Problem.mediaType)
        )
    }
}
