package import Primitives

/// A mail of plain text to one mailbox (RFC 5322, 2045, 2047, 3834).
package struct Mail: Sendable, CustomStringConvertible {
    let from: MailAddress
    let to: MailAddress
    let subject: String
    /// Lines end with LF.
    let text: String
    let at: Timestamp
    /// Makes the Message-ID.
    let id: [UInt8]

    package init(
        from: MailAddress,
        to: MailAddress,
        subject: String,
        text: String,
        seams: (at: Timestamp, random: any RandomSource)
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        at = seams.at
        id = seams.random.bytes(16)
    }

    package var description: String { "Mail" }

    /// As it goes over the wire, lines ended by CR LF. Base64 keeps any text from being read as
    /// part of the head or as its end.
    var bytes: [UInt8] {
        let host = from.text.split(separator: "@").last ?? ""
        let head = [
            "Date: \(ResponseEncoder.httpDate(at).dropLast(3))+0000",
            "From: <\(from.text)>", "To: <\(to.text)>", "Subject: \(words(subject))",
            "Message-ID: <\(Hex.encode(id))@\(host)>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: base64",
            "Auto-Submitted: auto-generated",
        ]
        let body = Base64.encode(text.replacing("\n", with: "\r\n").bytes, .standard)
        return (head + [""] + lines(of: body) + [""]).joined(separator: "\r\n").bytes
    }

    private func lines(of text: String) -> [String] {
        let letters = Array(text.utf8)
        return stride(from: 0, to: letters.count, by: 76).map {
            String(decoding: letters[$0..<min($0 + 76, letters.count)], as: UTF8.self)
        }
    }

    /// Encoded words of few characters each: none may be longer than 75.
    private func words(_ text: String) -> String {
        let characters = Array(text)
        return stride(from: 0, to: characters.count, by: 12).map { start in
            let part = String(characters[start..<min(start + 12, characters.count)])
            return "=?UTF-8?B?\(Base64.encode(part.bytes, .standard))?="
        }
        .joined(separator: "\r\n ")
    }
}
