import Cryptography
import Foundation

@testable import HTTP

/// A small world of certificates, made once by the `openssl` program.
final class Certificates: Sendable {
    static let world = Certificates()

    let folder: String

    private init() {
        folder = NSTemporaryDirectory() + "renkei-http-" + UUID().uuidString
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            try make()
        } catch {
            fatalError("no certificates: \(error)")
        }
    }

    func pem(_ name: String) -> [UInt8] {
        Array(FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data())
    }

    func key(_ name: String) -> SecretBytes { SecretBytes(copying: pem("\(name).key")) }

    func identity(_ name: String) -> ClientIdentity {
        ClientIdentity(certificatePEM: pem("\(name).pem"), keyPEM: key(name))
    }

    func server(
        _ clients: TLSServerConfiguration.ClientCertificate = .required,
        named name: String = "server"
    ) -> TLSServerConfiguration {
        TLSServerConfiguration(
            chainPEM: pem("\(name).pem"),
            keyPEM: key(name),
            clientRootsPEM: pem("root.pem"),
            clientCertificate: clients
        )
    }

    private func make() throws {
        try authority("root")
        try authority("foreign")
        try authority("public", "/C=US/O=Internet Security Research Group/CN=ISRG Root X1")
        try leaf(
            "pretender",
            by: "public",
            "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost"
        )
        let names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        try leaf("server", by: "root", "extendedKeyUsage=serverAuth\n\(names)")
        try leaf("elsewhere", by: "root", "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:other")
        try leaf("renewed", by: "root", "extendedKeyUsage=serverAuth\n\(names)")
        try leaf("client", by: "root", "extendedKeyUsage=clientAuth")
        try leaf("second", by: "root", "extendedKeyUsage=clientAuth")
        try leaf("serverOnly", by: "root", "extendedKeyUsage=serverAuth")
        try leaf("stranger", by: "foreign", "extendedKeyUsage=clientAuth")
        try leaf("expired", by: "root", "extendedKeyUsage=clientAuth", ("20200101", "20200201"))
        try leaf("future", by: "root", "extendedKeyUsage=clientAuth", ("20900101", "20910101"))
        try openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "selfSigned.key",
            "-out",
            "selfSigned.pem",
            "-subj",
            "/CN=self",
            "-days",
            "2",
            "-addext",
            "extendedKeyUsage=clientAuth"
        )
    }

    private func authority(_ name: String, _ subject: String? = nil) throws {
        try openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "\(name).key",
            "-out",
            "\(name).pem",
            "-subj",
            subject ?? "/CN=\(name)",
            "-days",
            "2",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign"
        )
        try write("\(name).txt", "")
        try write("\(name).serial", "0\(name.utf8.count)\n")
        let settings = """
            [ca]
            default_ca=here
            [here]
            database=\(name).txt
            serial=\(name).serial
            new_certs_dir=.
            default_md=sha256
            default_days=2
            policy=any
            unique_subject=no
            [any]
            commonName=supplied
            """
        try write("\(name).cnf", settings)
    }

    private func leaf(
        _ name: String,
        by authority: String,
        _ extensions: String,
        _ validity: (from: String, to: String)? = nil
    ) throws {
        try openssl(
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "\(name).key",
            "-out",
            "\(name).csr",
            "-subj",
            "/CN=\(name)"
        )
        let always =
            "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            + "authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n"
        try write("\(name).ext", always + extensions + "\n")
        var arguments = [
            "ca", "-batch", "-notext", "-config", "\(authority).cnf",
            "-cert", "\(authority).pem", "-keyfile", "\(authority).key",
            "-in", "\(name).csr", "-out", "\(name).pem", "-extfile", "\(name).ext",
        ]
        if let validity {
            arguments += [
                "-startdate", "\(validity.from)000000Z", "-enddate",
                "\(validity.to)000000Z",
            ]
        }
        try openssl(arguments)
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    private func openssl(_ arguments: String...) throws { try openssl(arguments) }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
    }
}
