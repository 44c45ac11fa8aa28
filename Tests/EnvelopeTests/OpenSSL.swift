import Foundation
import Primitives

@testable import Cryptography

/// The programs of the system, as an independent second implementation.
enum OpenSSL {
    struct Failure: Error, CustomStringConvertible {
        let arguments: [String]
        let text: String

        var description: String { "\(arguments.joined(separator: " ")): \(text)" }
    }

    /// What `openssl` wrote to its output.
    ///
    /// - Throws: `Failure` with its own words when the exit code is not 0.
    @discardableResult
    static func run(_ arguments: [String]) throws -> [UInt8] {
        try program("/usr/bin/openssl", arguments)
    }

    static func program(
        _ path: String,
        _ arguments: [String],
        in folder: URL? = nil
    ) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let scratch = try TemporaryFolder()
        let errors = scratch.url.appending(path: "errors")
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text =
                String(decoding: bytes, as: UTF8.self)
                + String(decoding: try Data(contentsOf: errors), as: UTF8.self)
            throw Failure(arguments: [path] + arguments, text: text)
        }
        return [UInt8](bytes)
    }

    /// Layer 3 by `openssl cms -encrypt`.
    static func seal(
        _ content: [UInt8],
        to recipients: [Certificate],
        options: [String] = ["-aes-256-gcm", "-keyid"]
    ) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        var arguments = ["cms", "-encrypt", "-binary", "-outform", "DER"]
        arguments += options.isEmpty ? ["-aes-256-gcm"] : options
        arguments += ["-in", try folder.write("content.der", content)]
        for (index, recipient) in recipients.enumerated() {
            arguments += ["-recip", try folder.write("\(index).pem", recipient.pem.bytes)]
            if !options.isEmpty { arguments += ["-keyopt", "ecdh_kdf_md:sha256"] }
        }
        return try run(arguments)
    }

    /// Opens layer 3, then layer 2, with the two commands of the format's own page.
    ///
    /// - Returns: the content archive.
    static func open(
        _ sealed: [UInt8],
        key: [UInt8],
        root: Certificate,
        at time: Timestamp,
        more anchors: [String] = []
    ) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let content = try folder.write("content.der", try decrypt(sealed, key: key))
        let options = anchors.isEmpty ? [] : ["-crl_check_all", "-x509_strict"]
        return try run(
            [
                "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", content,
                "-CAfile", folder.write("root.pem", (root.pem + anchors.joined()).bytes),
                "-attime", String(time.seconds),
            ] + options
        )
    }

    static func decrypt(_ sealed: [UInt8], key: [UInt8]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        return try run([
            "cms", "-decrypt", "-binary", "-inform", "DER",
            "-in", folder.write("sealed.der", sealed),
            "-inkey", folder.write("key.pem", key),
        ])
    }

    /// RSAPublicKey of a new key of 3072 bits.
    static func rsaPublicKey() throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let key = try run([
            "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072",
        ])
        return try run([
            "rsa", "-in", folder.write("rsa.pem", key), "-RSAPublicKey_out", "-outform", "DER",
        ])
    }
}

/// A folder that ends with its value.
final class TemporaryFolder: Sendable {
    let url = FileManager.default.temporaryDirectory
        .appending(path: "renkei-" + UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// - Returns: the path.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = url.appending(path: name)
        try Data(bytes).write(to: file)
        return file.path
    }
}

extension MemoryKeyStore {
    /// A private key for the programs of the system.
    func pem(_ key: KeyHandle) throws -> [UInt8] { try ring.key(key).pem().withBytes { $0 } }
}
