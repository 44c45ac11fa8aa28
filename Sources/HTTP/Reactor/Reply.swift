import Primitives

/// A response with what the server adds to it.
struct Reply {
    let response: Response
    let trace: String
    /// The request was HEAD: the length is told and no body follows.
    let isHead: Bool
    let now: Timestamp

    struct Encoded {
        let bytes: [UInt8]
        /// Whether a body in chunks follows.
        let isStream: Bool
    }

    /// A response that cannot be written without forging a line becomes the answer 500.
    func encoded(closes: Bool) -> Encoded {
        do throws(HTTPFailure) {
            return try encode(response, closes)
        } catch {
            do throws(HTTPFailure) {
                return try encode(error.response(trace: trace), closes)
            } catch {
                preconditionFailure("a problem can always be written")
            }
        }
    }

    private func encode(_ response: Response, _ closes: Bool) throws(HTTPFailure) -> Encoded {
        var fields = response.fields
        var body: [UInt8] = []
        var length = ResponseHead.Length.exact(0)
        switch response.body {
        case .none: break
        case .bytes(let bytes, let type):
            fields.append(("Content-Type", type))
            length = .exact(bytes.count)
            body = bytes
        case .stream(let type, _):
            fields.append(("Content-Type", type))
            length = .chunked
        }
        if response.status == 204 || response.status == 304 { length = .none }
        fields.append(("Renkei-Trace", trace))
        fields.append(("Renkei-Time", String(now.milliseconds)))
        let head = ResponseHead(
            status: response.status,
            fields: fields,
            length: length,
            closes: closes
        )
        let bytes = try ResponseEncoder.encode(head, at: now)
        let hasBody = length != .none && !isHead
        return Encoded(
            bytes: hasBody ? bytes + body : bytes,
            isStream: hasBody && length == .chunked
        )
    }
}
