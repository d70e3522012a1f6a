using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore;

/// <summary>Who calls, as the log tells callers apart: by address, and by network where one subscriber has a whole network of addresses.</summary>
internal static class ClientAddress
{
    // RFC 6177: no site has less than a /64, so its host part tells nobody apart.
    private const int NetworkBytes = 8;

    public static string Of(HttpRequest request) => Of(request.HttpContext.Connection.RemoteIpAddress);

    public static string Of(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            return address is null ? "an unknown address" : address.MapToIPv4().ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
