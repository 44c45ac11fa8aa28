import Primitives

/// Why a server could not start or take new settings.
package enum ServerError: Explained, Equatable {
    /// The address is not one, or is taken; with the system's error number.
    case address(String, errno: Int32)
    /// Certificate, key or roots are unreadable, or the key is not the certificate's.
    case certificate(String)
    /// The system refused a loop its descriptors.
    case resources(errno: Int32)

    package var code: String {
        switch self {
        case .address: "listenAddress"
        case .certificate: "serverCertificate"
        case .resources: "serverResources"
        }
    }

    package var summary: String {
        switch self {
        case .address(let address, let number): "Cannot listen at \(address) (errno \(number))."
        case .certificate(let what): "The TLS settings cannot be used: \(what)."
        case .resources(let number): "The system refuses descriptors (errno \(number))."
        }
    }

    package var advice: String {
        switch self {
        case .address: "Check the address, and whether another program holds it."
        case .certificate: "Check that chain, key and roots are PEM and belong together."
        case .resources: "Raise the limit of open files."
        }
    }

    package var isTemporary: Bool { false }
}
