namespace Quorate.Services.Dns.Wire;

/// <summary>How a question was answered. Source: RFC 1035, section 4.1.1; RFC 6891, section 9.</summary>
public enum ResponseCode : ushort
{
    /// <summary>No error; without answers, the name has no record of the type.</summary>
    NoError = 0,

    /// <summary>FORMERR: the query could not be read.</summary>
    FormatError = 1,

    /// <summary>SERVFAIL: the server cannot answer now.</summary>
    ServerFailure = 2,

    /// <summary>NXDOMAIN: there is no such name, and none below it.</summary>
    NameError = 3,

    /// <summary>NOTIMP: the server does not know this kind of query.</summary>
    NotImplemented = 4,

    /// <summary>REFUSED: the server does not answer this.</summary>
    Refused = 5,

    /// <summary>BADVERS: the server does not know this version of the extensions.</summary>
    BadVersion = 16,
}
