import Foundation
import Glibc
import Primitives

/// A mail server on this machine that takes every mail (RFC 5321, without TLS) and remembers it.
package final class MailSink: Sendable {
    package struct Taken: Sendable {
        package var commands: [String] = []
        /// Lines between DATA and the lone point.
        package var lines: [String] = []

        /// The text of the body, out of base64.
        package var text: String {
            let body = lines.drop { !$0.isEmpty }.joined()
            let bytes = Data(base64Encoded: body).map { Array($0) } ?? []
            return String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        }
    }

    package let port: Int
    private let listener: Int32
    private let mails = Lock<[Taken]>([])

    /// `refusal` is said in place of 250 to each RCPT.
    package init(refusal: String? = nil) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, size) = (listener, length)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listener, generic, size) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard isBound, listen(listener, 8) == 0 else { throw CocoaError(.featureUnsupported) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let mails = mails
        let thread = Thread {
            while true {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { return }
                Self.talk(peer, refusal, mails)
                close(peer)
            }
        }
        thread.stackSize = 4 << 20
        thread.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    package var taken: [Taken] { mails.withLock { $0 } }

    private static func talk(_ peer: Int32, _ refusal: String?, _ mails: Lock<[Taken]>) {
        func say(_ line: String) {
            let bytes = (line + "\r\n").bytes
            _ = unsafe bytes.withUnsafeBytes {
                unsafe send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }
        var mail = Taken()
        say("220 sink")
        while let line = line(of: peer) {
            mail.commands.append(line)
            switch line.prefix(4) {
            case "EHLO": say("250 sink")
            case "RCPT": say(refusal ?? "250 ok")
            case "DATA":
                say("354 go on")
                while let line = self.line(of: peer), line != "." { mail.lines.append(line) }
                let done = mail
                mails.withLock { $0.append(done) }
                say("250 taken")
            case "QUIT":
                say("221 bye")
                return
            default: say("250 ok")
            }
        }
    }

    /// Nil at the end.
    private static func line(of peer: Int32) -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe recv(peer, &byte, 1, 0) == 1 {
            if byte == 0x0A { return String(decoding: bytes.filter { $0 != 0x0D }, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }
}
