package import Audit
package import Delivery
package import HTTP
package import Primitives

/// The exchange over HTTPS, for the member whose certificate `client` presents.
package struct ExchangeClient: ExchangeService, EnrolmentService {
    private let client: Client
    private static let answerTimeout = Duration.seconds(60)

    package init(_ client: Client) { self.client = client }

    package func status() async throws(ExchangeError) -> ExchangeStatus {
        let json = try await json(.get, "/x/v1/status")
        return try decoded { () throws(DecodingRefusal) in try ExchangeStatus(json) }
    }

    package func submit(
        _ messages: [WireMessage]
    ) async throws(ExchangeError) -> [ItemResult] {
        try await results(of: "/x/v1/messages", messages.map(\.frame))
    }

    package func hasChunk(_ sealedSha256: Digest) async throws(ExchangeError) -> Bool {
        do {
            _ = try await call(.head, "/x/v1/chunks/" + sealedSha256.hex)
            return true
        } catch .refused(let refusal) where refusal.reason == .notFound {
            return false
        }
    }

    package func putChunk(
        _ sealedSha256: Digest,
        _ bytes: [UInt8]
    ) async throws(ExchangeError) {
        let type = ("Content-Type", "application/octet-stream")
        _ = try await call(.put, "/x/v1/chunks/" + sealedSha256.hex, [type], bytes)
    }

    package func inbox(_ query: InboxQuery) async throws(ExchangeError) -> InboxPage? {
        let target =
            "/x/v1/inbox?since=\(query.since)&wait=\(query.waitSeconds)"
            + "&limit=\(query.limit)"
        let answer = try await call(.get, target, wait: query.waitSeconds)
        guard answer.status == 200 else { return nil }
        let batch = try frames(answer)
        guard let revision = batch.closing["revision"]?.integer else { throw .badAnswer }
        return InboxPage(
            revision: revision,
            items: try decoded { () throws(DecodingRefusal) in
                try batch.frames.map { frame throws(DecodingRefusal) in try InboxLine(frame) }
            }
        )
    }

    package func fetch(_ keys: [MessageKey]) async throws(ExchangeError) -> [FetchResult] {
        let body: JSON = ["messages": .array(keys.map { .object($0.members) })]
        let answer = try await call(.post, "/x/v1/inbox/fetch", [Self.jsonType], body)
        return try mapped(try frames(answer).frames) { frame throws(Refusal) in
            try FetchResult(frame)
        }
    }

    package func chunk(
        of key: MessageKey,
        _ sealedSha256: Digest
    ) async throws(ExchangeError) -> [UInt8] {
        let target = "/x/v1/inbox/chunks/\(key.from)/\(key.messageID)/\(sealedSha256.hex)"
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
        try mapped(try await page("/x/v1/events", query)) { frame throws(Refusal) in
            try WireEvent(frame)
        }
    }

    package func deliveries(
        _ query: DeliveryQuery
    ) async throws(ExchangeError) -> [CopyReport] {
        let path = query.messageID.map { "/" + $0.text } ?? ""
        let json = try await json(.get, "/x/v1/deliveries\(path)?limit=\(query.limit)")
        return try decoded { () throws(DecodingRefusal) in
            var reader = try ObjectReader(json)
            return try reader.objects("deliveries").map { element throws(DecodingRefusal) in
                var element = element
                return try CopyReport(reading: &element)
            }
        }
    }

    package func statement(_ sha256: Digest) async throws(ExchangeError) -> [UInt8] {
        try await call(.get, "/x/v1/statements/" + sha256.hex).body
    }

    package func proofs(_ statements: [Digest]) async throws(ExchangeError) -> [WireProof] {
        let body: JSON = ["statements": .array(statements.map { .string($0.hex) })]
        let answer = try await call(.post, "/x/v1/proofs", [Self.jsonType], body)
        return try mapped(try frames(answer).frames) { frame throws(Refusal) in
            try WireProof(frame)
        }
    }

    package func checkpoint(_ tree: TreeKind) async throws(ExchangeError) -> [UInt8] {
        try await call(.get, "/x/v1/log/\(tree.rawValue)/checkpoint").body
    }

    package func directory(_ query: PageQuery) async throws(ExchangeError) -> [WireLeaf] {
        try mapped(try await page("/x/v1/directory", query)) { frame throws(Refusal) in
            try WireLeaf(frame)
        }
    }

    package func renew(
        _ requests: [WireCertificateRequest]
    ) async throws(ExchangeError) -> [[UInt8]] {
        let body: JSON = ["requests": .array(requests.map(\.json))]
        let answer = try await call(.post, "/x/v1/renewals", [Self.jsonType], body)
        let json = try parsed(answer.body)
        return try decoded { () throws(DecodingRefusal) in
            var reader = try ObjectReader(json)
            return try reader.array("certificates").map { element throws(DecodingRefusal) in
                guard let bytes = element.string.flatMap({ Base64.decode($0) }) else {
                    throw reader.refusal(.badForm, "certificates")
                }
                return bytes
            }
        }
    }

    package func root() async throws(ExchangeError) -> [UInt8] {
        try await call(.get, "/x/v1/root").body
    }

    package func enrol(
        _ request: EnrolmentRequest
    ) async throws(ExchangeError) -> EnrolmentAnswer {
        let answer = try await call(
            .post,
            "/x/v1/enrolments",
            [Self.jsonType],
            request.json.canonicalBytes
        )
        let json = try parsed(answer.body)
        return try decoded { () throws(DecodingRefusal) in try EnrolmentAnswer(json) }
    }
}

// The call itself and the reading of its answer.
extension ExchangeClient {
    private static let jsonType = ("Content-Type", "application/json")
    private static let frameType = ("Content-Type", Frame.mediaType)

    private func call(
        _ method: Method,
        _ target: String,
        _ fields: [(String, String)] = [],
        _ body: JSON
    ) async throws(ExchangeError) -> ClientResponse {
        try await call(method, target, fields, body.canonicalBytes)
    }

    private func call(
        _ method: Method,
        _ target: String,
        _ fields: [(String, String)] = [],
        _ body: [UInt8] = [],
        wait: Int = 0
    ) async throws(ExchangeError) -> ClientResponse {
        let answer = try await wrap(Self.error) { () throws(ClientError) in
            try await client.send(
                method,
                target,
                fields: fields,
                body: body,
                limitBytes: Limits.batchBytes + Limits.sealedBytes,
                timeout: Self.answerTimeout + .seconds(wait)
            )
        }
        guard answer.status >= 300 else { return answer }
        guard answer.status != 404 || !answer.body.isEmpty else {
            throw .refused(Refusal(.notFound))
        }
        let json = try parsed(answer.body)
        throw .refused(try decoded { () throws(DecodingRefusal) in try Problem.refusal(json) })
    }

    private func json(_ method: Method, _ target: String) async throws(ExchangeError) -> JSON {
        try parsed(try await call(method, target).body)
    }

    private func parsed(_ body: [UInt8]) throws(ExchangeError) -> JSON {
        try decoded { () throws(DecodingRefusal) in
            try JSON(reading: body, .strict.within(Limits.batchBytes))
        }
    }

    private func page(
        _ path: String,
        _ query: PageQuery
    ) async throws(ExchangeError) -> [Frame] {
        let target = "\(path)?after=\(query.after)&wait=\(query.waitSeconds)&limit=\(query.limit)"
        let answer = try await call(.get, target, wait: query.waitSeconds)
        return answer.status == 200 ? try frames(answer).frames : []
    }

    private func results(
        of path: String,
        _ items: [Frame]
    ) async throws(ExchangeError) -> [ItemResult] {
        let answer = try await call(.post, path, [Self.frameType], Frame.encode(items))
        let results = try mapped(try frames(answer).frames) { frame throws(Refusal) in
            try ItemResult(frame)
        }
        guard results.count == items.count else { throw .badAnswer }
        return results
    }

    private func frames(_ answer: ClientResponse) throws(ExchangeError) -> Frame.Batch {
        do throws(Refusal) { return try Frame.decode(answer.body) } catch { throw .badAnswer }
    }

    private func mapped<Value>(
        _ frames: [Frame],
        _ read: (Frame) throws(Refusal) -> Value
    ) throws(ExchangeError) -> [Value] {
        do throws(Refusal) { return try frames.map(read) } catch { throw .badAnswer }
    }

    private func decoded<Value>(
        _ read: () throws(DecodingRefusal) -> Value
    ) throws(ExchangeError) -> Value {
        do throws(DecodingRefusal) { return try read() } catch { throw .badAnswer }
    }

    private static func error(_ error: ClientError) -> ExchangeError {
        switch error {
        case .untrusted, .peerRejectedUs: .untrusted
        case .malformed, .tooLarge: .badAnswer
        case .timeout(let sent), .aborted(let sent):
            .unreachable(reason: error.code, sent: sent)
        case .resolve, .connect: .unreachable(reason: error.code, sent: false)
        }
    }
}
