import type { Coordinates } from './distance.ts';

/**
 * Where the regions of AWS, Google Cloud and Azure are, and what the short names stand for. Regions of one city, or of
 * one state where the provider names no city, are one place.
 *
 * Names and cities are those of the providers' public documentation (AWS "Regions and Availability Zones", Google Cloud
 * "Regions and zones", Azure "List of Azure regions"); the coordinates are the cities', to a tenth of a degree. Short
 * names stand for the largest region they could mean.
 */
const table: readonly [latitude: number, longitude: number, names: string][] = [
  // North America
  [39.0, -77.5, 'us-east us-east-1 us-east4 eastus eastus2'], // Northern Virginia
  [40.0, -83.0, 'us-east-2 us-east5 us-gov-east-1'], // Columbus, Ohio
  [33.2, -80.0, 'us-east1'], // Moncks Corner, South Carolina
  [41.3, -95.9, 'us us-central us-central1'], // Council Bluffs, Iowa
  [41.6, -93.6, 'centralus'], // Des Moines, Iowa
  [41.9, -87.6, 'northcentralus'], // Chicago, Illinois
  [32.8, -96.8, 'us-south us-south1'], // Dallas, Texas
  [29.4, -98.5, 'southcentralus'], // San Antonio, Texas
  [41.1, -104.8, 'westcentralus'], // Cheyenne, Wyoming
  [45.6, -121.2, 'us-west us-west-2 us-west1 us-gov-west-1'], // The Dalles, Oregon
  [47.2, -119.9, 'westus2'], // Quincy, Washington
  [37.8, -122.4, 'us-west-1 westus'], // San Francisco, California
  [34.1, -118.2, 'us-west2'], // Los Angeles, California
  [40.8, -111.9, 'us-west3'], // Salt Lake City, Utah
  [36.2, -115.1, 'us-west4'], // Las Vegas, Nevada
  [33.4, -112.1, 'westus3'], // Phoenix, Arizona
  [45.5, -73.6, 'canada ca ca-central ca-central-1 northamerica-northeast1'], // Montréal
  [46.8, -71.2, 'canadaeast'], // Québec
  [43.7, -79.4, 'canadacentral northamerica-northeast2'], // Toronto
  [51.0, -114.1, 'ca-west-1'], // Calgary
  [20.6, -100.4, 'mexico mx-central-1 northamerica-south1 mexicocentral'], // Querétaro
  // South America
  [-23.5, -46.6, 'south-america sa sa-east sa-east-1 southamerica-east1 brazilsouth'], // São Paulo
  [-33.4, -70.7, 'southamerica-west1 chilecentral'], // Santiago
  // Europe
  [53.3, -6.3, 'eu-west eu-west-1 northeurope'], // Dublin
  [51.5, -0.1, 'uk eu-west-2 europe-west2 uksouth'], // London
  [51.5, -3.2, 'ukwest'], // Cardiff
  [48.9, 2.4, 'eu-west-3 europe-west9 francecentral'], // Paris
  [43.3, 5.4, 'francesouth'], // Marseille
  [50.5, 3.8, 'europe-west1'], // St. Ghislain, Belgium
  [50.8, 4.4, 'belgiumcentral'], // Brussels
  [52.4, 4.9, 'westeurope'], // Amsterdam
  [53.4, 6.8, 'europe-west4'], // Eemshaven, Netherlands
  [50.1, 8.7, 'eu europe eu-central eu-central-1 europe-west3 germanywestcentral'], // Frankfurt
  [52.5, 13.4, 'europe-west10 germanynorth'], // Berlin
  [47.4, 8.5, 'eu-central-2 europe-west6 switzerlandnorth'], // Zürich
  [46.2, 6.1, 'switzerlandwest'], // Geneva
  [48.2, 16.4, 'austriaeast'], // Vienna
  [45.5, 9.2, 'eu-south eu-south-1 europe-west8 italynorth'], // Milan
  [45.1, 7.7, 'europe-west12'], // Turin
  [41.7, -0.9, 'eu-south-2'], // Zaragoza
  [40.4, -3.7, 'europe-southwest1 spaincentral'], // Madrid
  [52.2, 21.0, 'europe-central2 polandcentral'], // Warsaw
  [59.3, 18.1, 'eu-north eu-north-1 europe-north2'], // Stockholm
  [60.7, 17.1, 'swedencentral'], // Gävle
  [60.6, 27.2, 'europe-north1'], // Hamina, Finland
  [59.9, 10.8, 'norwayeast'], // Oslo
  [59.0, 5.7, 'norwaywest'], // Stavanger
  [55.7, 12.6, 'denmarkeast'], // Copenhagen
  // Middle East and Africa
  [32.1, 34.8, 'il-central-1 me-west1 israelcentral'], // Tel Aviv
  [26.2, 50.6, 'me-south-1'], // Bahrain
  [26.4, 50.1, 'me-central2'], // Dammam
  [25.3, 51.5, 'me-central1 qatarcentral'], // Doha
  [25.2, 55.3, 'middle-east me me-central-1 uaenorth'], // Dubai
  [24.5, 54.4, 'uaecentral'], // Abu Dhabi
  [-26.2, 28.0, 'africa africa-south1 southafricanorth'], // Johannesburg
  [-33.9, 18.4, 'af af-south-1 southafricawest'], // Cape Town
  // Asia
  [19.1, 72.9, 'india ap-south ap-south-1 asia-south1 westindia'], // Mumbai
  [18.5, 73.9, 'centralindia'], // Pune
  [22.5, 70.1, 'jioindiawest'], // Jamnagar
  [21.1, 79.1, 'jioindiacentral'], // Nagpur
  [17.4, 78.5, 'ap-south-2'], // Hyderabad
  [13.1, 80.3, 'southindia'], // Chennai
  [28.6, 77.2, 'asia-south2'], // Delhi
  [1.3, 103.8, 'asia ap ap-southeast ap-southeast-1 asia-southeast1 southeastasia'], // Singapore
  [3.1, 101.7, 'ap-southeast-5 malaysiawest'], // Kuala Lumpur
  [-6.2, 106.8, 'ap-southeast-3 asia-southeast2 indonesiacentral'], // Jakarta
  [13.8, 100.5, 'ap-southeast-7'], // Bangkok
  [22.3, 114.2, 'ap-east ap-east-1 asia-east2 eastasia'], // Hong Kong
  [25.0, 121.6, 'ap-east-2'], // Taipei
  [24.1, 120.5, 'asia-east1'], // Changhua, Taiwan
  [39.9, 116.4, 'china cn-north-1 chinanorth chinanorth2 chinanorth3'], // Beijing
  [31.2, 121.5, 'chinaeast chinaeast2 chinaeast3'], // Shanghai
  [37.5, 105.2, 'cn-northwest-1'], // Zhongwei, Ningxia
  [37.6, 127.0, 'korea ap-northeast-2 asia-northeast3 koreacentral'], // Seoul
  [35.2, 129.1, 'koreasouth'], // Busan
  [35.7, 139.7, 'japan ap-northeast ap-northeast-1 asia-northeast1 japaneast'], // Tokyo
  [34.7, 135.5, 'ap-northeast-3 asia-northeast2 japanwest'], // Osaka
  // Oceania
  [-33.9, 151.2, 'australia ap-southeast-2 australia-southeast1 australiaeast'], // Sydney
  [-37.8, 145.0, 'ap-southeast-4 australia-southeast2 australiasoutheast'], // Melbourne
  [-35.3, 149.1, 'australiacentral australiacentral2'], // Canberra
  [-36.8, 174.8, 'ap-southeast-6 newzealandnorth'], // Auckland
];

/** The place of each region; regions of one place share one object. */
export const places: ReadonlyMap<string, Coordinates> = new Map(
  table.flatMap(([latitude, longitude, names]) => {
    const place: Coordinates = { latitude, longitude };
    return names.split(' ').map((name) => [name, place] as const);
  }),
);
