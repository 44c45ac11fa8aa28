import Directory
package import Primitives

/// One item of a batch: a line of canonical JSON and the byte strings it announces.
///
/// A body of frames (`application/vnd.renkei.frames`) is, for each frame, the line (at most
/// `Limits.frameLineBytes`) ended by LF, then the byte strings whose lengths stand in `lengths`,
/// with nothing between. The last frame has kind `end` and the count of those before it; a body
/// without it was cut, and nothing of it is acted on.
package struct Frame: Sendable {
    package enum Kind: String, Sendable {
        case message, item, statement, proofs, proof, notice, leaf, result, end
    }

    package static let mediaType = "application/vnd.renkei.frames"

    package let kind: Kind
    /// Members of the line besides `kind` and `lengths`.
    package let members: JSONObject
    package let parts: [[UInt8]]

    package init(_ kind: Kind, _ members: JSONObject = JSONObject(), parts: [[UInt8]] = []) {
        self.kind = kind
        self.members = members
        self.parts = parts
    }

    private var line: [UInt8] {
        var object = members
        object["kind"] = .string(kind.rawValue)
        object["lengths"] = .array(parts.map { .integer(Int64($0.count)) })
        return JSON.object(object).canonicalBytes
    }

    /// The whole body. `closing` are members of the end frame, such as the mailbox revision.
    package static func encode(
        _ frames: [Frame],
        closing: JSONObject = JSONObject()
    ) -> [UInt8] {
        var body: [UInt8] = []
        var last = closing
        last["count"] = .integer(Int64(frames.count))
        for frame in frames + [Frame(.end, last)] {
            body.append(contentsOf: frame.line)
            body.append(UInt8(ascii: "\n"))
            for part in frame.parts { body.append(contentsOf: part) }
        }
        return body
    }

    /// A whole body taken apart.
    package struct Batch: Sendable {
        package let frames: [Frame]
        /// Members of the end frame.
        package let closing: JSONObject
    }

    /// Reads a frame of one kind; members that are not asked for are ignored, as in all unsigned
    /// JSON.
    ///
    /// - Throws: `malformed` for another kind, another number of parts, or what `read` refuses.
    func read<Value>(
        _ kind: Kind,
        parts counts: ClosedRange<Int> = 0...0,
        _ read: (inout ObjectReader) throws(DecodingRefusal) -> Value
    ) throws(Refusal) -> Value {
        guard self.kind == kind, counts.contains(parts.count) else { throw Refusal(.malformed) }
        do throws(DecodingRefusal) {
            var reader = try ObjectReader(.object(members))
            return try read(&reader)
        } catch {
            throw Refusal(.malformed)
        }
    }

    /// The byte string at `index`, if the frame has so many.
    func part(_ index: Int) -> [UInt8]? { parts.indices.contains(index) ? parts[index] : nil }

    /// - Throws: `Refusal` `framesCut` where the end is missing, `malformed` for everything else.
    package static func decode(
        _ body: [UInt8],
        limit: Int = Limits.batchItems
    ) throws(Refusal) -> Batch {
        var frames: [Frame] = []
        var position = 0
        while position < body.count {
            let frame = try next(body, &position)
            if frame.kind == .end {
                guard position == body.count, frame.parts.isEmpty,
                    frame.members["count"]?.integer == Int64(frames.count)
                else { throw Refusal(.malformed) }
                return Batch(frames: frames, closing: frame.members)
            }
            frames.append(frame)
            guard frames.count <= limit else { throw Refusal(.tooLarge) }
        }
        throw Refusal(.framesCut)
    }

    private static func next(
        _ body: [UInt8],
        _ position: inout Int
    ) throws(Refusal) -> Frame {
        let window = body[position..<min(body.count, position + Limits.frameLineBytes + 1)]
        guard let end = window.firstIndex(of: UInt8(ascii: "\n")) else {
            throw Refusal(window.count > Limits.frameLineBytes ? .malformed : .framesCut)
        }
        let (kind, lengths, members) = try line(Array(body[position..<end]))
        position = end + 1
        var parts: [[UInt8]] = []
        for length in lengths {
            guard length <= body.count - position else { throw Refusal(.framesCut) }
            parts.append(Array(body[position..<position + length]))
            position += length
        }
        return Frame(kind, members, parts: parts)
    }

    private static func line(
        _ bytes: [UInt8]
    ) throws(Refusal) -> (kind: Kind, lengths: [Int], members: JSONObject) {
        do throws(DecodingRefusal) {
            let json = try JSON(canonical: bytes, .strict.within(Limits.frameLineBytes))
            var reader = try ObjectReader(json)
            let kind = try reader.code("kind", of: Kind.self)
            let lengths = try reader.array("lengths").compactMap(\.integer).map { Int($0) }
            guard lengths.count == json["lengths"]?.array?.count, lengths.count <= partsMaximum,
                lengths.allSatisfy({ $0 >= 0 })
            else { throw reader.refusal(.badForm, "lengths") }
            var members = json.object ?? JSONObject()
            members["kind"] = nil
            members["lengths"] = nil
            return (kind, lengths, members)
        } catch {
            throw Refusal(.malformed)
        }
    }

    private static let partsMaximum = 4
}
