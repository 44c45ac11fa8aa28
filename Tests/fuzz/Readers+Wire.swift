import Configuration
import Primitives

@testable import ExchangeAPI
@testable import HTTP
@testable import Pages

extension Reader {
    /// Requests of one connection: the same however they are cut.
    static let requestHead = Reader(name: "http") { (bytes) throws(Finding) in
        let whole = try requests(bytes) { _ in bytes.count }
        try hold(try requests(bytes) { _ in 1 } == whole, "a request is read otherwise in bytes")
        let pieces = try requests(bytes) { 1 + Int(bytes[$0]) % 13 }
        try hold(pieces == whole, "a request is read otherwise in pieces")
        return whole
    }

    /// What came, step by step; nil where nothing but a refusal came.
    private static func requests(
        _ bytes: [UInt8],
        _ step: (Int) -> Int
    ) throws(Finding) -> [UInt8]? {
        var decoder = RequestDecoder(limits: ServerLimits())
        var account: [UInt8] = []
        var position = 0
        while position < bytes.count {
            var rest = Array(bytes[position..<min(bytes.count, position + step(position))])
            position += rest.count
            feeding: while true {
                switch decoder.feed(rest.span) {
                case .needMore: break feeding
                case .head(let head):
                    try holdHead(head)
                    account +=
                        "\(head.method) \(head.target.path) \(head.host) \(head.framing)".bytes
                    if decoder.limitBody(to: 2048) != nil { return account + "long".bytes }
                case .body(let range): account += rest[range]
                case .end: account += "end".bytes
                case .reject(let failure):
                    return account.isEmpty ? nil : account + "\(failure)".bytes
                }
                rest.removeFirst(decoder.consumed)
            }
        }
        return account
    }

    private static func holdHead(_ head: RequestHead) throws(Finding) {
        for segment in head.target.path {
            let isPlain =
                !segment.isEmpty && segment != "." && segment != ".."
                && !segment.utf8.contains { $0 == 0x2F || $0 == 0x5C || $0 == 0 }
            try hold(isPlain, "a segment that leads elsewhere")
        }
        try hold(!head.host.isEmpty, "no host")
        try hold(head.method.carriesBody || head.framing.isEmpty, "a body where none is due")
    }

    static let chunkedBody = Reader(name: "chunked") { (bytes) throws(Finding) in
        let whole = chunked(bytes) { _ in bytes.count }
        try hold(chunked(bytes) { _ in 1 } == whole, "a body is read otherwise in bytes")
        guard let whole else { return nil }
        try hold(whole.count <= chunkedLimit, "a body above its limit")
        let written = ResponseEncoder.chunk(whole) + ResponseEncoder.lastChunk
        try hold(chunked(written) { _ in 7 } == whole, "what is written is read otherwise")
        return whole
    }

    private static let chunkedLimit = 1024

    /// The body; nil where it is refused or has no end.
    private static func chunked(_ bytes: [UInt8], _ step: (Int) -> Int) -> [UInt8]? {
        var decoder = ChunkedDecoder(limit: chunkedLimit)
        var body: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let rest = Array(bytes[position..<min(bytes.count, position + step(position))])
            let next = attempt { () throws(HTTPFailure) in try decoder.feed(rest.span) }
            switch next {
            case nil: return nil
            case .needMore: position += rest.count
            case .data(let range):
                body += rest[range]
                position += range.upperBound
            case .end: return body
            }
        }
        return nil
    }

    /// The media type on the first line, below it the body.
    static let multipart = Reader(name: "multipart") { (bytes) throws(Finding) in
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard lines.count == 2, let type = String(utf8Bytes: Array(lines[0])) else { return nil }
        let body = Array(lines[1])
        let whole = parts(type, body, step: body.count)
        try hold(parts(type, body, step: 1) == whole, "a form is read otherwise in bytes")
        try hold(parts(type, body, step: 11) == whole, "a form is read otherwise in pieces")
        guard let whole else { return nil }
        if !whole.isEmpty {
            let end = body.firstIndex(of: UInt8(ascii: "\r")) ?? 0
            let again = written(whole, boundary: Array(body[..<end]))
            try hold(parts(type, again, step: 64) == whole, "what is written is read otherwise")
        }
        return whole.flatMap { $0.head.name.bytes + $0.bytes }
    }

    private struct Part: Equatable {
        let head: MultipartHead
        var bytes: [UInt8] = []
    }

    private static func parts(_ type: String, _ body: [UInt8], step: Int) -> [Part]? {
        attempt { () throws(HTTPFailure) in
            var reader = try MultipartReader(contentType: type)
            var parts: [Part] = []
            for start in stride(from: 0, to: body.count, by: max(1, step)) {
                let piece = Array(body[start..<min(body.count, start + step)])
                for event in try reader.feed(piece) {
                    switch event {
                    case .part(let head): parts.append(Part(head: head))
                    case .bytes(let bytes): parts[parts.count - 1].bytes += bytes
                    case .end: break
                    }
                }
            }
            try reader.finish()
            return parts
        }
    }

    private static func written(_ parts: [Part], boundary: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        for part in parts {
            var head = "\r\nContent-Disposition: form-data; name=\"\(part.head.name)\""
            if let file = part.head.fileName {
                let name = file.replacing("\"", with: "%22")
                    .replacing("\r", with: "%0D").replacing("\n", with: "%0A")
                head += "; filename=\"\(name)\""
            }
            body += boundary + (head + "\r\n\r\n").bytes + part.bytes + "\r\n".bytes
        }
        return body + boundary + "--".bytes
    }

    static let urlencoded = Reader(name: "urlencoded") { (bytes) throws(Finding) in
        guard let form = attempt({ () throws(HTTPFailure) in try PostedForm(bytes) }) else {
            return nil
        }
        let written = form.fields.map {
            PostedForm.encoded($0.name) + "=" + PostedForm.encoded($0.value)
        }
        let text = written.joined(separator: "&").bytes
        let again = attempt { () throws(HTTPFailure) in try PostedForm(text) }
        let isSame = again?.fields.elementsEqual(form.fields) { left, right in
            left.name.hasSameBytes(as: right.name) && left.value.hasSameBytes(as: right.value)
        }
        try hold(isSame == true, "a form that was written is read otherwise")
        return text
    }

    /// What an exchange answers: statements, events, proofs and the leaves of the directory.
    static let frames = Reader(name: "frames") { (bytes) throws(Finding) in
        let batch = attempt { () throws(Refusal) in try Frame.decode(bytes) }
        guard let batch else { return nil }
        let written = Frame.encode(batch.frames, closing: batch.closing)
        try hold(written == bytes, "frames are not written as they were read")
        for frame in batch.frames {
            try holdTwice(frame) { (frame) throws(Refusal) in try WireEvent(frame).frame }
            try holdTwice(frame) { (frame) throws(Refusal) in try WireLeaf(frame).frame }
            try holdTwice(frame) { (frame) throws(Refusal) in try WireProof(frame).frame }
            try holdTwice(frame) { (frame) throws(Refusal) in try SealedProofs(frame).frame }
            try holdTwice(frame) { (frame) throws(Refusal) in try WireStatement(frame).frame() }
        }
        return bytes
    }

    /// A frame may have members that nobody asks for; without them it says the same.
    private static func holdTwice(
        _ frame: Frame,
        _ rewritten: (Frame) throws(Refusal) -> Frame
    ) throws(Finding) {
        let once = attempt { () throws(Refusal) in try rewritten(frame) }
        guard let once else { return }
        let twice = attempt { () throws(Refusal) in try rewritten(once) }
        let isSame = twice.map { Frame.encode([$0]) } == Frame.encode([once])
        try hold(isSame, "a frame says something else when it is written again")
    }

    static let configuration = Reader(name: "configuration") { (bytes) throws(Finding) in
        let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
        var account: [UInt8]?
        for kind in ServiceKind.allCases {
            do throws(ConfigurationError) {
                let settings = try Settings(kind: kind, files: [("fuzz.toml", bytes)])
                let shown = settings.effective.flatMap {
                    $0.row.name.bytes + $0.value.canonicalBytes
                }
                account = (account ?? []) + shown
            } catch {
                try hold(error.place.line <= lines, "a fault below the end of the file")
            }
        }
        return account
    }
}
