import HTTP
import Primitives

/// One request of a member, with the readers and writers its route needs.
struct RouteCall: Sendable {
    let service: any ExchangeService
    let request: Request
    let captures: Captures
    let body: [UInt8]

    /// A capture in its form; anything else is not there.
    func capture<Value>(
        _ name: String,
        _ make: (String) -> Value?
    ) throws(ExchangeError) -> Value {
        guard let value = make(captures.text(name)) else { throw .refused(Refusal(.notFound)) }
        return value
    }

    func digest() throws(ExchangeError) -> Digest {
        try capture("sha256") { Digest(hex: $0) }
    }

    /// A query number, cut to `0...bound`.
    func number(_ name: String, upTo bound: Int = .max, otherwise: Int = 0) -> Int {
        guard let text = request.query(name), let value = Decimal.value(text.bytes) else {
            return otherwise
        }
        return min(bound, value)
    }

    var waitSeconds: Int { number("wait", upTo: Limits.waitSeconds) }
    var limit: Int { max(1, number("limit", upTo: Limits.pageItems, otherwise: Limits.pageItems)) }

    var page: PageQuery {
        PageQuery(after: Int64(number("after")), waitSeconds: waitSeconds, limit: limit)
    }

    func items<Item>(
        _ read: (Frame) throws(Refusal) -> Item
    ) throws(ExchangeError) -> [Item] {
        try wrap(ExchangeError.refused) { () throws(Refusal) in
            try Frame.decode(body).frames.map(read)
        }
    }

    /// The elements of the one array of a JSON body, each in its form; at most a batch.
    func list<Item>(
        _ name: String,
        _ read: (inout ObjectReader) throws(DecodingRefusal) -> Item
    ) throws(ExchangeError) -> [Item] {
        let items = try Self.parsed(body) { json throws(DecodingRefusal) in
            var reader = try ObjectReader(json)
            return try reader.objects(name).map { element throws(DecodingRefusal) in
                var element = element
                return try read(&element)
            }
        }
        guard items.count <= Limits.batchItems else { throw .refused(Refusal(.tooLarge)) }
        return items
    }

    static func parsed<Value>(
        _ body: [UInt8],
        _ read: (JSON) throws(DecodingRefusal) -> Value
    ) throws(ExchangeError) -> Value {
        do throws(DecodingRefusal) { return try read(try JSON(reading: body)) } catch {
            throw .refused(Refusal(.malformed))
        }
    }

    func results(_ results: [ItemResult]) -> Response {
        frames(
            results.enumerated().map { $0.element.frame(index: $0.offset, trace: request.trace) }
        )
    }

    func frames(_ frames: [Frame], closing: JSONObject = JSONObject()) -> Response {
        let body = Frame.encode(frames, closing: closing)
        return Response(status: 200, body: .bytes(body, type: Frame.mediaType))
    }

    /// Nothing yet is 204, with the cursor as it was.
    func page(_ frames: [Frame]) -> Response {
        frames.isEmpty ? Response(status: 204) : self.frames(frames)
    }

    func octets(_ bytes: [UInt8]) -> Response {
        Response(status: 200, body: .bytes(bytes, type: "application/octet-stream"))
    }

    static func json(_ json: JSON, status: Int = 200) -> Response {
        Response(status: status, body: .bytes(json.canonicalBytes, type: "application/json"))
    }
}
