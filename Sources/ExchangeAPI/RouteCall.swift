import HTTP
import Primitives

/// One request of a member, with the readers and writers its route needs.
struct RouteCall: Sendable {
    let service: any ExchangeService
    let request: Request
    let captures: Captures
    let body: [UInt8]

    func capture(_ name: String) -> String { captures.text(name) }

    func digest() throws(ExchangeError) -> Digest {
        guard let digest = Digest(hex: capture("sha256")) else {
            throw .refused(Refusal(.notFound))
        }
        return digest
    }

    /// A query number, cut to `0...bound`.
    func number(_ name: String, upTo bound: Int, otherwise: Int = 0) -> Int {
        guard let text = request.query(name), let value = Decimal.value(text.bytes) else {
            return otherwise
        }
        return min(bound, value)
    }

    var page: PageQuery {
        PageQuery(
            after: Int64(number("after", upTo: .max)),
            waitSeconds: number("wait", upTo: Limits.waitSeconds),
            limit: max(
                1,
                number("limit", upTo: Limits.pageItems, otherwise: Limits.pageItems)
            )
        )
    }

    func batch() throws(ExchangeError) -> Frame.Batch {
        try wrap(ExchangeError.refused) { () throws(Refusal) in try Frame.decode(body) }
    }

    func items<Item>(
        _ read: (Frame) throws(Refusal) -> Item
    ) throws(ExchangeError) -> [Item] {
        let frames = try batch().frames
        return try wrap(ExchangeError.refused) { () throws(Refusal) in try frames.map(read) }
    }

    /// The elements of the one array of a JSON body, each in its form; at most a batch.
    func list<Item>(
        _ name: String,
        _ read: (JSON) -> Item?
    ) throws(ExchangeError) -> [Item] {
        let elements = try Self.parsed(body) { json throws(DecodingRefusal) in
            var reader = try ObjectReader(json)
            return try reader.array(name)
        }
        guard elements.count <= Limits.batchItems else { throw .refused(Refusal(.tooLarge)) }
        let items = elements.compactMap(read)
        guard items.count == elements.count else { throw .refused(Refusal(.malformed)) }
        return items
    }

    static func parsed<Value>(
        _ body: [UInt8],
        _ read: (JSON) throws(DecodingRefusal) -> Value
    ) throws(ExchangeError) -> Value {
        do throws(DecodingRefusal) {
            return try read(try JSON(reading: body, .strict))
        } catch { throw .refused(Refusal(.malformed)) }
    }

    func results(_ results: [ItemResult]) -> Response {
        frames(
            results.enumerated().map { $0.element.frame(index: $0.offset, trace: request.trace) }
        )
    }

    func frames(_ frames: [Frame], _ closing: JSONObject = JSONObject()) -> Response {
        let body = Frame.encode(frames, closing: closing)
        return Response(status: 200, body: .bytes(body, type: Frame.mediaType))
    }

    func octets(_ bytes: [UInt8]) -> Response {
        Response(status: 200, body: .bytes(bytes, type: "application/octet-stream"))
    }

    func json(_ json: JSON, status: Int = 200) -> Response { Self.json(json, status: status) }

    static func json(_ json: JSON, status: Int = 200) -> Response {
        Response(status: status, body: .bytes(json.canonicalBytes, type: "application/json"))
    }
}
