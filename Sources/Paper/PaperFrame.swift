import Primitives

/// What goes through the pipes of a worker: length in four bytes, big-endian, and so many bytes.
package enum PaperFrame {
    package static let headBytes = 4

    package static func framed(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt32(bytes.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + bytes
    }

    /// How many bytes follow a head; nil for no head, and beyond `limit`.
    package static func length(_ head: [UInt8], atMost limit: Int) -> Int? {
        guard head.count == headBytes else { return nil }
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        return count <= limit ? count : nil
    }
}

/// What a worker answers: a letter, and the PDF, the characters that nothing draws, or what refused
/// it.
package enum PaperAnswer {
    package static func bytes(_ job: [UInt8]) -> [UInt8] {
        do throws(PaperRefusal) {
            if let question = try PaperQuestion(reading: job) {
                let undrawn = PaperQuestion.json(Press.undrawn(of: question.characters))
                return [UInt8(ascii: "U")] + undrawn.canonicalBytes
            }
            return [UInt8(ascii: "P")] + (try Press.pdf(try PaperJob(reading: job)))
        } catch {
            switch error {
            case .malformed: return [UInt8(ascii: "M")]
            case .tooLarge: return [UInt8(ascii: "L")]
            case .workerEnded, .busy: return [UInt8(ascii: "E")]
            case .library(let words): return [UInt8(ascii: "C")] + words.utf8
            }
        }
    }

    /// The PDF.
    ///
    /// - Throws: what the worker told; `workerEnded` for bytes that are no answer.
    package static func pdf(_ answer: [UInt8]) throws(PaperRefusal) -> [UInt8] {
        guard answer.first == UInt8(ascii: "P") else { throw refusal(in: answer) }
        return Array(answer.dropFirst())
    }

    /// The characters of a question that nothing draws.
    ///
    /// - Throws: as `pdf`.
    package static func undrawn(_ answer: [UInt8]) throws(PaperRefusal) -> [String] {
        guard answer.first == UInt8(ascii: "U") else { throw refusal(in: answer) }
        guard let texts = PaperQuestion.texts(answer.dropFirst()) else { throw .workerEnded }
        return texts
    }

    private static func refusal(in answer: [UInt8]) -> PaperRefusal {
        switch answer.first {
        case UInt8(ascii: "M"): .malformed
        case UInt8(ascii: "L"): .tooLarge
        case UInt8(ascii: "C"): .library(String(decoding: answer.dropFirst(), as: UTF8.self))
        default: .workerEnded
        }
    }
}
