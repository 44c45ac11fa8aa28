package import Audit
package import Delivery
import Directory
package import HTTP
package import Primitives

/// The exchange over HTTPS, for the member whose certificate `client` presents.
package struct ExchangeClient: ExchangeService, EnrolmentService {
    private let client: Client

    package init(_ client: Client) { self.client = client }

    package func status() async throws(ExchangeError) -> ExchangeStatus {
        let json = try parsed(try await call(.get, "/x/v1/status").body)
        return try read { () throws(DecodingRefusal) in try ExchangeStatus(json) }
    }

    package func submit(
        _ messages: [WireMessage]
    ) async throws(ExchangeError) -> [ItemResult] {
        try await results(of: "/x/v1/messages", messages.map { $0.frame() })
    }

    package func hasChunk(_ sealedSha256: Digest) async throws(ExchangeError) -> Bool {
        do throws(ExchangeError) {
            _ = try await call(.head, "/x/v1/chunks/\(sealedSha256)")
            return true
        } catch {
            guard case .refused(let refusal) = error, refusal.reason == .notFound else {
                throw error
            }
            return false
        }
    }

    package func putChunk(
        _ sealedSha256: Digest,
        _ bytes: [UInt8]
    ) async throws(ExchangeError) {
        let body = Body(type: "application/octet-stream", bytes: bytes)
        _ = try await call(.put, "/x/v1/chunks/\(sealedSha256)", body)
    }

    package func inbox(_ query: InboxQuery) async throws(ExchangeError) -> InboxPage? {
        let target =
            "/x/v1/inbox?since=\(query.since)&wait=\(query.waitSeconds)&limit=\(query.limit)"
            + "&after=\(query.after)"
            + (query.includeDelivered.map { "&includeDelivered=\($0)" } ?? "")
        let answer = try await call(.get, target, wait: query.waitSeconds)
        guard answer.status == 200 else { return nil }
        let batch = try batch(answer)
        guard let revision = batch.closing["revision"]?.integer else { throw .badAnswer }
        return InboxPage(
            revision: revision,
            items: try values(batch) { frame throws(Refusal) in try InboxLine(frame) }
        )
    }

    package func fetch(_ keys: [MessageKey]) async throws(ExchangeError) -> [FetchResult] {
        let body: JSON = ["messages": .array(keys.map { .object($0.members) })]
        let answer = try await call(.post, "/x/v1/inbox/fetch", .json(body))
        return try values(try batch(answer)) { frame throws(Refusal) in try FetchResult(frame) }
    }

    package func chunk(
        of key: MessageKey,
        _ sealedSha256: Digest
    ) async throws(ExchangeError) -> [UInt8] {
        let target = "/x/v1/inbox/chunks/\(key.from)/\(key.messageID)/\(sealedSha256)"
        return try await call(.get, target).body
    }

    package func acknowledge(
        _ statements: [WireStatement]
    ) async throws(ExchangeError) -> [ItemResult] {
        try await results(of: "/x/v1/statements", statements.map { $0.frame() })
    }

    package func sendProofs(
        _ proofs: [SealedProofs]
    ) async throws(ExchangeError) -> [ItemResult] {
        try await results(of: "/x/v1/statements", proofs.map(\.frame))
    }

    package func events(_ query: PageQuery) async throws(ExchangeError) -> [WireEvent] {
        try await page("/x/v1/events", query) { frame throws(Refusal) in try WireEvent(frame) }
    }

    package func deliveries(
        _ query: DeliveryQuery
    ) async throws(ExchangeError) -> [CopyReport] {
        var target = "/x/v1/deliveries?after=\(query.after)&limit=\(query.limit)"
        if let state = query.state { target += "&state=" + state.rawValue }
        if let message = query.messageID { target = "/x/v1/deliveries/\(message)" }
        let json = try parsed(try await call(.get, target).body)
        return try read { () throws(DecodingRefusal) in
            var reader = try ObjectReader(json)
            return try reader.objects("deliveries").map { element throws(DecodingRefusal) in
                var element = element
                return try CopyReport(reading: &element)
            }
        }
    }

    package func statement(_ sha256: Digest) async throws(ExchangeError) -> [UInt8] {
        try await call(.get, "/x/v1/statements/\(sha256)").body
    }

    package func proofs(_ statements: [Digest]) async throws(ExchangeError) -> [WireProof] {
        let body: JSON = ["statements": .array(statements.map { .hash($0) })]
        let answer = try await call(.post, "/x/v1/proofs", .json(body))
        return try values(try batch(answer)) { frame throws(Refusal) in try WireProof(frame) }
    }

    package func checkpoint(
        _ tree: TreeKind,
        isWitnessed: Bool
    ) async throws(ExchangeError) -> [UInt8] {
        let query = isWitnessed ? "?witnessed=1" : ""
        return try await call(.get, "/x/v1/log/\(tree.rawValue)/checkpoint\(query)").body
    }

    package func witnessRequests(
        waitSeconds: Int
    ) async throws(ExchangeError) -> [WitnessRequest] {
        let target = "/x/v1/witness/requests?wait=\(waitSeconds)"
        let json = try parsed(try await call(.get, target, wait: waitSeconds).body)
        return try read { () throws(DecodingRefusal) in
            var reader = try ObjectReader(json)
            return try reader.objects("requests").map { element throws(DecodingRefusal) in
                var element = element
                return try element.value("body") { WitnessRequest(text: $0) }
            }
        }
    }

    package func cosign(_ answers: [WitnessAnswer]) async throws(ExchangeError) {
        let body: JSON = ["answers": .array(answers.map(\.json))]
        _ = try await call(.post, "/x/v1/witness/cosignatures", .json(body))
    }

    package func witness(
        _ request: WitnessRequest
    ) async throws(ExchangeError) -> WitnessAnswer {
        let body = Body(type: "text/plain", bytes: request.bytes)
        let json = try parsed(
            try await call(.post, "/x/v1/witness/checkpoints", body).body
        )
        return try read { () throws(DecodingRefusal) in
            var reader = try ObjectReader(json)
            return try WitnessAnswer(reading: &reader)
        }
    }

    package func directory(_ query: PageQuery) async throws(ExchangeError) -> [WireLeaf] {
        try await page("/x/v1/directory", query) { frame throws(Refusal) in try WireLeaf(frame) }
    }

    package func renew(
        _ requests: [WireCertificateRequest]
    ) async throws(ExchangeError) -> [[UInt8]] {
        let body: JSON = ["requests": .array(requests.map(\.json))]
        let json = try parsed(try await call(.post, "/x/v1/renewals", .json(body)).body)
        return try read { () throws(DecodingRefusal) in
            var reader = try ObjectReader(json)
            return try reader.values("certificates") { Base64.decode($0) }
        }
    }

    package func root() async throws(ExchangeError) -> [UInt8] {
        try await call(.get, "/x/v1/root").body
    }

    package func enrol(
        _ request: EnrolmentRequest
    ) async throws(ExchangeError) -> EnrolmentAnswer {
        let answer = try await call(.post, "/x/v1/enrolments", .json(request.json))
        let json = try parsed(answer.body)
        return try read { () throws(DecodingRefusal) in try EnrolmentAnswer(json) }
    }
}

// The call itself and the reading of its answer.
extension ExchangeClient {
    private struct Body {
        let type: String
        let bytes: [UInt8]

        static func json(_ json: JSON) -> Body {
            Body(type: "application/json", bytes: json.canonicalBytes)
        }
    }

    /// Answers of one batch, and one message above it: the last that fits may be large.
    private static let answerBytes = Limits.batchBytes + Limits.sealedBytes
    private static let answerTimeout = Duration.seconds(60)
    /// What the server allows too. A call on which nothing moves is given up by its speed.
    private static let slowestBytesPerSecond = 64 * 1024

    private static func seconds(for body: Body?) -> Int {
        ((body?.bytes.count ?? 0) + answerBytes) / slowestBytesPerSecond
    }

    private func call(
        _ method: Method,
        _ target: String,
        _ body: Body? = nil,
        wait: Int = 0
    ) async throws(ExchangeError) -> ClientResponse {
        let answer = try await wrap(ExchangeError.init) { () async throws(ClientError) in
            try await client.send(
                method,
                target,
                fields: body.map { [("Content-Type", $0.type)] } ?? [],
                body: body?.bytes ?? [],
                bounds: ClientBounds(
                    answerBytes: Self.answerBytes,
                    timeout: Self.answerTimeout + .seconds(wait + Self.seconds(for: body))
                )
            )
        }
        guard answer.status >= 300 else { return answer }
        // An answer to HEAD has no body that could tell more.
        guard answer.status != 404 || !answer.body.isEmpty else {
            throw .refused(Refusal(.notFound))
        }
        let json = try parsed(answer.body)
        throw .refused(try read { () throws(DecodingRefusal) in try Problem.refusal(json) })
    }

    private func results(
        of path: String,
        _ items: [Frame]
    ) async throws(ExchangeError) -> [ItemResult] {
        let body = Body(type: Frame.mediaType, bytes: Frame.encode(items))
        let batch = try batch(try await call(.post, path, body))
        let results = try values(batch) { frame throws(Refusal) in try ItemResult(frame) }
        guard results.count == items.count else { throw .badAnswer }
        return results
    }

    private func page<Value>(
        _ path: String,
        _ query: PageQuery,
        _ read: (Frame) throws(Refusal) -> Value
    ) async throws(ExchangeError) -> [Value] {
        let target = "\(path)?after=\(query.after)&wait=\(query.waitSeconds)&limit=\(query.limit)"
        let answer = try await call(.get, target, wait: query.waitSeconds)
        return answer.status == 200 ? try values(try batch(answer), read) : []
    }

    private func batch(_ answer: ClientResponse) throws(ExchangeError) -> Frame.Batch {
        do throws(Refusal) { return try Frame.decode(answer.body) } catch { throw .badAnswer }
    }

    private func values<Value>(
        _ batch: Frame.Batch,
        _ read: (Frame) throws(Refusal) -> Value
    ) throws(ExchangeError) -> [Value] {
        do throws(Refusal) { return try batch.frames.map(read) } catch { throw .badAnswer }
    }

    private func parsed(_ body: [UInt8]) throws(ExchangeError) -> JSON {
        try read { () throws(DecodingRefusal) in try JSON(reading: body) }
    }

    private func read<Value>(
        _ body: () throws(DecodingRefusal) -> Value
    ) throws(ExchangeError) -> Value {
        do throws(DecodingRefusal) { return try body() } catch { throw .badAnswer }
    }
}

extension ExchangeError {
    fileprivate init(_ error: ClientError) {
        self =
            switch error {
            case .untrusted, .peerRejectedUs: .untrusted
            case .malformed, .tooLarge: .badAnswer
            case .timeout(let sent), .aborted(let sent):
                .unreachable(reason: error.code, sent: sent)
            case .resolve, .connect: .unreachable(reason: error.code, sent: false)
            }
    }
}
