package import Cryptography
import Foundation
package import Primitives

/// A self-signed certificate for pages on loopback, made by the `openssl` program.
package struct PageCertificate: Sendable {
    package let chainPEM: [UInt8]
    package let keyPEM: SecretBytes
    /// SHA-256 of the public key: what a browser is told to trust.
    package let pin: Digest

    package init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("page-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, chain) = (folder.path + "/key.pem", folder.path + "/chain.pem")
        _ = try Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", key, "-out", chain, "-subj", "/CN=localhost", "-days", "2",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ])
        chainPEM = Array(try Data(contentsOf: URL(fileURLWithPath: chain)))
        keyPEM = SecretBytes(copying: Array(try Data(contentsOf: URL(fileURLWithPath: key))))
        pin = try Self.pin(ofCertificate: chain)
    }

    /// The same for the certificate that a server on loopback shows.
    package static func pin(ofServer port: Int) async throws -> Digest {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("shown-\(UUID())")
        let shown = try await WatchedProcess.run([
            "/usr/bin/openssl", "s_client", "-connect", "127.0.0.1:\(port)",
            "-servername", "localhost",
        ])
        try Data(shown.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try pin(ofCertificate: file.path)
    }

    /// The same for the certificate in a file.
    package static func pin(ofCertificate path: String) throws -> Digest {
        let pem = try openssl(["x509", "-in", path, "-noout", "-pubkey"])
        let text = String(decoding: pem, as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("-") }.joined()
        guard let key = Base64.decode(text, .standard) else { throw BrowserError("no certificate") }
        return SHA256.hash(key)
    }

    /// - Returns: what it printed.
    private static func openssl(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BrowserError("openssl failed") }
        return Array(printed)
    }
}
